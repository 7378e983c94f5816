#include "search/common_ground.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>

#include "search/arrangement.hpp"

namespace twinscore {
namespace {

// Of bytes; Fowler, Noll and Vo, the variant 1a.
class Fingerprint {
  public:
    template <class Values>
    void add(const Values& values) {
        for (const std::byte byte : std::as_bytes(std::span(values))) {
            value_ = (value_ ^ std::to_integer<std::uint64_t>(byte)) * 0x100000001B3U;
        }
    }
    [[nodiscard]] std::uint64_t value() const { return value_; }

  private:
    std::uint64_t value_ = 0xCBF29CE484222325U;
};

constexpr std::size_t rows_for_ratios = 1024;
constexpr std::size_t bytes_beside_cells = 112;  // order, places, bounds and what they come from

// Evenly spread rows of a matrix whose rows lie in order.
MatrixView thinned(const MatrixView& matrix, std::size_t count) {
    const std::size_t step = std::max<std::size_t>(1, matrix.rows / count);
    MatrixView some = matrix;
    some.rows = (matrix.rows + step - 1) / step;
    some.row_bytes = matrix.row_bytes * static_cast<std::ptrdiff_t>(step);
    return some;
}

SketchRatios ratios_of(const SearchProblem& sample, const SketchPlan& plan,
                       const Standardization& standardization, const SearchOptions& options,
                       Monitor& monitor) {
    const auto arranged = [&](const MatrixView& matrix) {
        const MatrixView rows = thinned(matrix, rows_for_ratios);
        return ArrangedRows(rows, plan, *options.kernel, standardization, rows.rows, false,
                            options.threads, monitor);
    };
    const ArrangedRows reference = arranged(sample.reference);
    if (sample.self_join) return typical_ratios(reference, nullptr);
    const ArrangedRows queries = arranged(sample.queries);
    return typical_ratios(reference, &queries);
}

}  // namespace

CommonGround::CommonGround(const SearchProblem& sample, const SearchSize& size,
                           const SearchOptions& options, Monitor& monitor)
    : options_{options.kernel, resolve_threads(options.threads), options.screen},
      standardization_(sample.queries, sample.reference, *options_.kernel, options_.threads,
                       monitor),
      plan_(make_plan(sample, *options_.kernel, standardization_, options_.screen, options_.threads,
                      monitor, size)),
      ratios_(ratios_of(sample, plan_, standardization_, options_, monitor)) {}

std::size_t CommonGround::row_bytes() const {
    const bool rotated = plan_.axes.has_value();
    const Kernel& kernel = *options_.kernel;
    const auto cells = [](const ScreenKernel& screen, std::size_t width, bool with_residual) {
        return SketchCells{screen.precision, width, with_residual}.count();
    };
    // Sketches of the prefix lie in two orders.
    std::size_t count = 2 * cells(plan_.prefix_kernel(kernel), plan_.prefix_width, rotated);
    if (plan_.wide_width > 0) {
        count += cells(plan_.wide_kernel(kernel), plan_.wide_width, plan_.wide_rotated());
    }
    return count * sizeof(Cell) + bytes_beside_cells;
}

ArrangedRows CommonGround::arrange(const MatrixView& rows, Monitor& monitor) const {
    ArrangedRows arranged(rows, plan_, *options_.kernel, standardization_,
                          tile_rows_for(rows.rows, plan_, *options_.kernel, options_.threads), true,
                          options_.threads, monitor);
    arranged.finish(ratios_);
    return arranged;
}

ArrangedRows CommonGround::arrange(const MatrixView& rows, const ArrangedParts& parts,
                                   std::size_t first_row) const {
    return {rows, plan_, *options_.kernel, parts, first_row};
}

std::uint64_t CommonGround::fingerprint() const {
    Fingerprint fingerprint;
    fingerprint.add(options_.kernel->name);
    fingerprint.add(standardization_.center());
    const double figures[] = {standardization_.scale(), ratios_.prefix, ratios_.wide,
                              plan_.axes ? plan_.axes->deviation : -1.0};
    fingerprint.add(figures);
    const std::uint64_t widths[] = {plan_.prefix_width, plan_.wide_width, plan_.coarse ? 1U : 0U,
                                    plan_.wide_coarse ? 1U : 0U};
    fingerprint.add(widths);
    if (plan_.axes) fingerprint.add(plan_.axes->axes.values);
    return fingerprint.value();
}

PreparedBlock::PreparedBlock(std::shared_ptr<const CommonGround> ground, const MatrixView& rows,
                             Monitor& monitor)
    : ground_(std::move(ground)) {
    const unsigned threads = ground_->options().threads;
    if (ground_->standardization().suits(rows, "a block", threads, monitor)) {
        rows_.emplace(ground_->arrange(rows, monitor));
    }
}

PreparedBlock::PreparedBlock(std::shared_ptr<const CommonGround> ground, const MatrixView& rows,
                             const ArrangedParts& parts, std::size_t first_row)
    : ground_(std::move(ground)), rows_(ground_->arrange(rows, parts, first_row)) {}

}  // namespace twinscore
