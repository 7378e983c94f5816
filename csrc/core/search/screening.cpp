#include "search/screening.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

namespace twinscore {
namespace {

constexpr float unreachable = std::numeric_limits<float>::max();

// A product of sketches will do for a candidate if it knows the distance this well.
constexpr float narrow_bracket = 0.03F;

constexpr std::size_t few_columns = 16;

// Conversion to float32 that does not cross the value.
float rounded_down(double value) { return static_cast<float>(value - std::abs(value) * 0x1p-23); }
float rounded_up(double value) { return static_cast<float>(value + std::abs(value) * 0x1p-23); }

RoughError rough_error_of(std::size_t columns, double squared_scale, bool moderate) {
    const auto depth = static_cast<double>(columns);
    if (!moderate) return {2.0 * (float_unit + depth * 0x1p-52), 0x1p-125};
    return {2.0 * (depth / 16.0 + 18.0) * float_unit, (depth + 4.0) * 0x1p-124 * squared_scale};
}

// Bits of the columns after `row`, of a panel that starts at `first_column`.
std::uint64_t columns_after(std::size_t row, std::size_t first_column) {
    if (row < first_column) return ~std::uint64_t{0};
    const std::size_t shift = row - first_column + 1;
    return shift >= panel_rows ? 0 : ~std::uint64_t{0} << shift;
}

std::uint64_t leading_columns(std::size_t count) {
    return count >= panel_rows ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
}

// The bounds of a block of rows. What lies beyond them may be in other hands: it is not read.
class BlockBounds {
  public:
    BlockBounds(SideBounds rows, std::size_t count) {
        std::copy_n(rows.base, count, base_.begin());
        std::copy_n(rows.open, count, open_.begin());
    }
    [[nodiscard]] SideBounds side() const { return {base_.data(), open_.data()}; }

  private:
    std::array<float, most_block_rows> base_{};
    std::array<float, most_block_rows> open_{};
};

}  // namespace

Collection::Collection(const ArrangedRows& rows, bool open)
    : bases_(rows.prefix().bases()), opens_(rows.rows() + panel_rows, unreachable) {
    if (!open) return;
    candidates_.resize(rows.rows());
    std::fill(opens_.begin(), opens_.end(), -unreachable);
}

void Collection::offer(std::size_t position, Candidate candidate, std::size_t k) {
    if (candidates_[position].offer(candidate, k)) update(position);
}

void Collection::guess(std::size_t position, float distance) {
    candidates_[position].guess(distance);
    update(position);
}

void Collection::bound(std::size_t position, double distance) {
    candidates_[position].bound(distance);
    update(position);
}

void Collection::start_again(std::size_t position) {
    candidates_[position] = {};
    opens_[position] = -unreachable;
}

void Collection::update(std::size_t position) {
    opens_[position] = yielding(static_cast<double>(bases_[position]) -
                                static_cast<double>(candidates_[position].reach()));
}

Screening::Screening(const SearchProblem& problem, const Standardization& standardization,
                     const Kernel& kernel, const ArrangedRows& rows, const ArrangedRows& panels)
    : problem_(problem),
      kernel_(kernel),
      rows_(rows),
      panels_(panels),
      finest_rows_(rows.finest()),
      finest_panels_(panels.finest()),
      finest_product_(finest_rows_.kernel().product),
      squared_scale_(standardization.scale() * standardization.scale()),
      moderate_(standardization.moderate()),
      rough_error_(rough_error_of(problem.reference.columns, squared_scale_, moderate_)) {}

void Screening::compare(RowRange range, Collection& row_collection, std::size_t panel_tile,
                        Collection& panel_collection, bool same) {
    const Sketches& sketches = rows_.prefix();
    const ScreenKernel& kernel = sketches.kernel();
    const std::size_t panel_end = panels_.tile_end(panel_tile);
    Tally tally;
    std::uint64_t survivors[most_block_rows];
    float products[most_block_rows * panel_rows];
    const bool decisive = !rows_.has_wide();
    for (std::size_t column = panels_.tile_begin(panel_tile); column < panel_end;
         column += panel_rows) {
        const std::uint64_t present = leading_columns(panel_end - column);
        const std::size_t last = same ? std::min(range.end, column + panel_rows) : range.end;
        for (std::size_t row = range.begin; row < last; row += kernel.block_rows) {
            const BlockBounds bounds(row_collection.bounds(row),
                                     std::min(kernel.block_rows, range.end - row));
            kernel.screen(sketches.row(row), sketches.cells(),
                          panels_.panels().panel(column / panel_rows), sketches.cells(),
                          bounds.side(), panel_collection.bounds(column), survivors,
                          decisive ? products : nullptr);
            for (std::size_t i = row; i < std::min(row + kernel.block_rows, last); ++i) {
                std::uint64_t mask = survivors[i - row] & present;
                if (same) mask &= columns_after(i, column);
                if (mask != 0) {
                    const float* of_row = decisive ? products + (i - row) * panel_rows : nullptr;
                    examine(i, row_collection, column, mask, of_row, panel_collection, tally);
                }
            }
        }
    }
    counts_.pairs += (range.end - range.begin) * (panel_end - panels_.tile_begin(panel_tile));
    counts_.past_prefix += tally.past_prefix;
    counts_.past_wide += tally.past_wide;
}

void Screening::compare_with_all(std::size_t row, const float* products, Collection& row_collection,
                                 Collection& lookup) {
    const float* bases = panels_.prefix().bases();
    Tally tally;
    for (std::size_t column = 0; column < panels_.rows(); column += few_columns) {
        const float open = *row_collection.bounds(row).open;
        const auto survives = [&](std::size_t j) { return products[j] >= open + bases[j]; };
        const std::size_t end = std::min(column + few_columns, panels_.rows());
        // Most have none: counting is a matter of vectors, telling them apart is not.
        std::uint32_t count = 0;
        for (std::size_t j = column; j < end; ++j) count += survives(j) ? 1U : 0U;
        if (count == 0) continue;
        std::uint64_t survivors = 0;
        for (std::size_t j = column; j < end; ++j) {
            survivors |= static_cast<std::uint64_t>(survives(j)) << (j - column);
        }
        examine(row, row_collection, column, survivors, products + column, lookup, tally);
    }
    counts_.pairs += panels_.rows();
    counts_.past_prefix += tally.past_prefix;
    counts_.past_wide += tally.past_wide;
}

void Screening::examine(std::size_t row, Collection& row_collection, std::size_t first_column,
                        std::uint64_t survivors, const float* products,
                        Collection& panel_collection, Tally& tally) const {
    const bool both = panel_collection.open();
    Candidates& own = row_collection.candidates(row);
    for (; survivors != 0; survivors &= survivors - 1) {
        const auto place = static_cast<std::size_t>(std::countr_zero(survivors));
        const std::size_t column = first_column + place;
        if (!problem_.eligible(rows_.row_at(row), panels_.row_at(column))) continue;
        ++tally.past_prefix;
        const float product =
            products != nullptr ? products[place]
                                : finest_product_(finest_rows_.row(row), finest_panels_.row(column),
                                                  finest_rows_.cells());
        if (products == nullptr) {
            const float reach =
                both ? std::max(own.reach(), panel_collection.candidates(column).reach())
                     : own.reach();
            const double bound = static_cast<double>(finest_rows_.bases()[row]) +
                                 static_cast<double>(finest_panels_.bases()[column]) -
                                 static_cast<double>(reach);
            if (static_cast<double>(product) < bound) continue;
        }
        ++tally.past_wide;
        Candidate candidate{};
        if (!finest_rows_.rotated()) candidate = bracket_by_product(row, column, product);
        if (finest_rows_.rotated() ||
            candidate.upper - candidate.lower > narrow_bracket * candidate.upper) {
            candidate = bracket_by_rough_distance(row, column);
        }
        candidate.position = static_cast<std::uint32_t>(column);
        row_collection.offer(row, candidate, problem_.k);
        if (both) {
            candidate.position = static_cast<std::uint32_t>(row);
            panel_collection.offer(column, candidate, problem_.k);
        }
    }
}

Candidate Screening::bracket_by_product(std::size_t row, std::size_t column, float product) const {
    const Sketches& a = finest_rows_;
    const Sketches& b = finest_panels_;
    const double lower = static_cast<double>(a.bases()[row]) +
                         static_cast<double>(b.bases()[column]) - static_cast<double>(product);
    const double spread =
        static_cast<double>(a.spreads()[row]) + static_cast<double>(b.spreads()[column]);
    return {rounded_down(2.0 * lower), rounded_up(2.0 * (lower + spread)), 0};
}

Candidate Screening::bracket_by_rough_distance(std::size_t row, std::size_t column) const {
    const auto element = index_of(problem_.reference.element);
    const void* a = rows_.values_at(row);
    const void* b = panels_.values_at(column);
    const std::size_t columns = problem_.reference.columns;
    const double distance =
        squared_scale_ * (moderate_
                              ? static_cast<double>(kernel_.rough_distance[element](a, b, columns))
                              : kernel_.exact_distance[element](a, b, columns));
    const double error = distance * rough_error_.relative + rough_error_.absolute;
    return {rounded_down(distance - error), rounded_up(distance + error), 0};
}

}  // namespace twinscore
