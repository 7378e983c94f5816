#include "search/plan.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "search/survival.hpp"

namespace twinscore {
namespace {

struct SampleSize {
    std::size_t queries;
    std::size_t reference;
};
constexpr SampleSize sample_for_widths{.queries = 32, .reference = 2048};
constexpr SampleSize sample_for_precision{.queries = 8, .reference = 1024};
constexpr std::size_t precision_sample_part = 8;  // one of so many rows at most
constexpr std::size_t narrowest_rotated = 128;
constexpr std::size_t most_axes = 512;
constexpr std::size_t most_axes_of_few_pairs = 256;
constexpr double few_pairs = 1e9;
constexpr std::size_t width_step = 32;

// Costs in multiply-adds of bfloat16, of which a screening kernel makes 32 a cycle and more; those
// of float32 and narrow int8 as measured on AVX2 in whole searches, where panels leave the caches.
constexpr double float_product_cost = 3.2;
constexpr double int8_product_cost = 0.5;
constexpr double narrow_product_cost = 1.1;
constexpr double int8_pair_cost = 16.0;        // of scaling the product of a pair
constexpr double survivor_cost = 4'000.0;      // of looking at a pair at all
constexpr double wide_product_cost = 6.0;      // for each coordinate
constexpr double coarse_wide_cost = 3.0;       // for each column
constexpr double rough_distance_cost = 40.0;   // for each column
constexpr double scanned_pair_cost = 2'000.0;  // of a rough distance of rows that lie in order
constexpr double scanned_column_cost = 8.0;
constexpr double bfloat16_pace = 2.0;   // products of bfloat16 in the time of others
constexpr double encoding_cost = 60.0;  // of one value of a sketch
constexpr double axes_products = 10.0;  // products of sample x axes x columns, all told

// Of many rows, what survivors are screened with takes at most this part of the rows themselves:
// it lies in memory whole, where rows may be mapped.
constexpr double many_rows = 5e5;
constexpr std::size_t wide_part = 5;
constexpr std::size_t fewest_wide_bytes = 256;

// Thresholds are loose at first, so that more pairs survive than the final ones would let through.
constexpr double early_excess = 2.0;

// Coarse sketches save half of a search at best: looking whether they do must cost far less, and
// they must have a chance to: they let this many times the pairs through that have to.
constexpr double most_sampling = 0.1;
constexpr double least_saving = 0.15;
constexpr double least_coarse_excess = 2.0;

// The size of a search, in the figures that costs grow with.
struct Extent {
    double pairs;
    double columns;
    double reference_rows;
    double arranged_rows;
    double sides;  // that a pair may matter to
    double k;
    std::size_t most_wide_bytes;  // of each row
};

std::size_t most_wide_bytes(const MatrixView& matrix, double rows) {
    if (rows < many_rows) return std::numeric_limits<std::size_t>::max();
    return std::max(fewest_wide_bytes, matrix.columns * matrix.value_bytes() / wide_part);
}

Extent extent_of(const SearchProblem& problem, const SearchSize& size) {
    const auto rows = static_cast<double>(size.queries);
    const auto reference_rows = static_cast<double>(size.reference);
    const bool self = problem.self_join;
    const double arranged_rows = self ? rows : rows + reference_rows;
    return {.pairs = rows * reference_rows / (self ? 2.0 : 1.0),
            .columns = static_cast<double>(problem.reference.columns),
            .reference_rows = reference_rows,
            .arranged_rows = arranged_rows,
            .sides = self ? 2.0 : 1.0,
            .k = static_cast<double>(problem.k),
            .most_wide_bytes = most_wide_bytes(problem.reference, arranged_rows)};
}

double screening_cost(Precision precision, double width) {
    switch (precision) {
        case Precision::float32:
            return float_product_cost * width;
        case Precision::bfloat16:
            return width;
        case Precision::int8:
            return int8_product_cost * width + int8_pair_cost;
        case Precision::narrow_int8:
            return narrow_product_cost * width + int8_pair_cost;
    }
    return 0.0;
}

// Of comparing every pair at full width, whatever is left of them then.
double full_screening_cost(const Extent& extent, const Kernel& kernel) {
    const double fine = screening_cost(kernel.fine.precision, extent.columns);
    if (kernel.coarse == nullptr) return extent.pairs * fine;
    return extent.pairs * std::min(fine, screening_cost(kernel.coarse->precision, extent.columns));
}

// The cheapest of some plans, each a choice of widths and sketches.
struct Choice {
    double cost;
    std::size_t prefix_width;
    std::size_t wide_width;
    bool coarse;
    bool rotated;
    bool wide_coarse = false;
};

void take_if_cheaper(Choice& best, const Choice& other) {
    if (other.cost < best.cost) best = other;
}

// The share of pairs that pass, on average over a search of rows in no order, if this share passes
// final limits. After a part t of the rows, limits are those of k / (t n): screening lets through
// what it would of so many times more neighbors. Shares grow as a power of k / n, up to 1.
double early_passing(const Extent& extent, double share) {
    const double least = extent.k / extent.reference_rows;
    if (least >= 1.0) return 1.0;
    share = std::max(share, least);  // a sample may miss what is rare
    const double power = std::clamp(std::log(share) / std::log(least), 0.0, 1.0);
    const double rest = 1.0 - power;
    const double growth = rest < 1e-3
                              ? 1.0 - std::log(least)
                              : std::pow(least, rest) + (1.0 - std::pow(least, rest)) / rest;
    return std::min(1.0, extent.sides * share * growth);
}

Choice choose_full_width(const Extent& extent, const Kernel& kernel, const Survival& survival) {
    const double fine_excess = early_passing(extent, survival.fine);
    const double coarse_excess = early_passing(extent, survival.coarse);
    const auto width = static_cast<std::size_t>(extent.columns);
    const double fine =
        screening_cost(kernel.fine.precision, extent.columns) + fine_excess * survivor_cost;
    Choice choice{extent.pairs * fine, width, 0, false, false};
    if (kernel.coarse == nullptr) return choice;
    const double coarse = screening_cost(kernel.coarse->precision, extent.columns) +
                          coarse_excess * (survivor_cost + wide_product_cost * extent.columns) +
                          fine_excess * survivor_cost;
    take_if_cheaper(choice,
                    {extent.pairs * coarse + encoding_cost * extent.columns * extent.arranged_rows,
                     width, width, true, false});
    return choice;
}

// Of finding axes and widths, and of rotating all rows to them.
double rotating_cost(const Extent& extent, std::size_t axes) {
    const double sampled =
        std::min(extent.reference_rows, static_cast<double>(sample_for_widths.reference));
    return float_product_cost * extent.columns * static_cast<double>(axes) *
               (sampled * axes_products + extent.arranged_rows) +
           rough_distance_cost * extent.columns * extent.reference_rows *
               static_cast<double>(sample_for_widths.queries);
}

// Standardizing many of few rows once more would cost as much as it can save.
SampleSize precision_sample_of(std::size_t reference_rows) {
    return {.queries = sample_for_precision.queries,
            .reference = std::min(sample_for_precision.reference,
                                  reference_rows / precision_sample_part + 1)};
}

// Whether finding out if coarse sketches pay is likely to pay itself.
bool coarse_may_pay(const Extent& extent, const Kernel& kernel) {
    if (kernel.coarse == nullptr) return false;
    const double least = extent.k / extent.reference_rows;
    const Survival best{.fine = least, .coarse = least_coarse_excess * least};
    Kernel without = kernel;
    without.coarse = nullptr;
    const double fine = choose_full_width(extent, without, best).cost;
    const double pace = kernel.fine.precision == Precision::bfloat16 ? bfloat16_pace : 1.0;
    const double sampling = static_cast<double>(sample_for_precision.queries) *
                            extent.reference_rows * pace *
                            (scanned_pair_cost + scanned_column_cost * extent.columns);
    return sampling < most_sampling * fine &&
           choose_full_width(extent, kernel, best).cost < (1.0 - least_saving) * fine;
}

// Survivors meet coarse sketches of all columns.
Choice choose_wide_coarse(const Extent& extent, const Kernel& kernel,
                          const std::vector<std::size_t>& widths,
                          const std::vector<Survival>& survival, const Survival& of_all,
                          Choice best) {
    if (kernel.coarse == nullptr || kernel.coarse->product == nullptr) return best;
    if (extent.columns > static_cast<double>(extent.most_wide_bytes)) return best;
    const double excess = early_excess * extent.sides;
    const double survivor = excess * (survivor_cost + coarse_wide_cost * extent.columns);
    const double settled = excess * of_all.coarse * rough_distance_cost * extent.columns;
    for (std::size_t p = 0; p < widths.size(); ++p) {
        const auto prefix = static_cast<double>(widths[p]);
        const double preparing = extent.arranged_rows * extent.columns *
                                 (float_product_cost * prefix + encoding_cost / 2.0);
        const double cost = extent.pairs * (screening_cost(kernel.coarse->precision, prefix) +
                                            survival[p].coarse * survivor + settled) +
                            preparing;
        take_if_cheaper(
            best, {cost, widths[p], static_cast<std::size_t>(extent.columns), true, true, true});
    }
    return best;
}

Choice choose_rotated(const Extent& extent, const Kernel& kernel,
                      const std::vector<std::size_t>& widths, const std::vector<Survival>& survival,
                      Choice best) {
    const double excess = early_excess * extent.sides;
    const std::size_t value_bytes = sizeof(Cell) / values_per_cell(kernel.fine.precision);
    for (std::size_t p = 0; p < widths.size(); ++p) {
        for (std::size_t w = p; w < widths.size(); ++w) {
            if (widths[w] * value_bytes > extent.most_wide_bytes) break;
            const auto prefix = static_cast<double>(widths[p]);
            const auto wide = static_cast<double>(widths[w]);
            const double survivor = excess * (survivor_cost + wide_product_cost * wide);
            const double settled = excess * survival[w].fine * rough_distance_cost * extent.columns;
            const double rotation =
                float_product_cost * extent.columns * wide * extent.arranged_rows;
            const auto cost = [&](const ScreenKernel& screen, double share) {
                return extent.pairs *
                           (screening_cost(screen.precision, prefix) + share * survivor + settled) +
                       rotation;
            };
            take_if_cheaper(
                best, {cost(kernel.fine, survival[p].fine), widths[p], widths[w], false, true});
            if (kernel.coarse == nullptr) continue;
            take_if_cheaper(
                best, {cost(*kernel.coarse, survival[p].coarse), widths[p], widths[w], true, true});
        }
    }
    return best;
}

}  // namespace

SearchSize size_of(const SearchProblem& problem) {
    return {problem.queries.rows, problem.reference.rows};
}

SketchPlan make_plan(const SearchProblem& problem, const Kernel& instructions,
                     const Standardization& standardization, Screen screen, unsigned threads,
                     Monitor& monitor, const SearchSize& size) {
    const std::size_t depth = problem.reference.columns;
    Kernel kernel = instructions;
    if (depth > most_int8_values) kernel.coarse = nullptr;
    const bool has_coarse = kernel.coarse != nullptr;
    const SketchPlan full{std::nullopt, depth, 0};
    if (screen == Screen::product_table) return full;
    if (screen == Screen::full_width) {
        return has_coarse ? SketchPlan{std::nullopt, depth, depth, true} : full;
    }

    const Extent extent = extent_of(problem, size);
    const std::size_t worthwhile = extent.pairs < few_pairs ? most_axes_of_few_pairs : most_axes;
    const std::size_t most =
        std::max<std::size_t>(1, std::min(depth * 2 / 5, worthwhile) / width_step * width_step);
    bool rotation_may_pay = screen == Screen::rotated ||
                            (depth >= narrowest_rotated && full_screening_cost(extent, kernel) >=
                                                               2.0 * rotating_cost(extent, most));
    if (!rotation_may_pay && !coarse_may_pay(extent, kernel)) return full;

    const auto sample_of = [&](const MatrixView& matrix, std::size_t count) {
        return draw(matrix, count, standardization);
    };
    const SampleSize for_precision = precision_sample_of(problem.reference.rows);
    const SampleSize sampled = rotation_may_pay ? sample_for_widths : for_precision;
    SampledRows reference = sample_of(problem.reference, sampled.reference);
    SampledRows queries = sample_of(problem.queries, sampled.queries);
    if (screen == Screen::automatic && rotation_may_pay &&
        effective_dimensions(queries, reference) > static_cast<double>(most)) {
        rotation_may_pay = false;
        if (!coarse_may_pay(extent, kernel)) return full;
        reference = sample_of(problem.reference, for_precision.reference);
        queries = sample_of(problem.queries, for_precision.queries);
    }
    PrincipalAxes axes;
    if (rotation_may_pay) {
        axes = find_principal_axes(reference.vectors, most, kernel, threads, monitor);
    }
    if (screen == Screen::rotated && axes.axes.rows > 0) {
        const std::size_t prefix_width = (axes.axes.rows + 1) / 2;
        const std::size_t wide_width = axes.axes.rows;
        const bool wide_coarse = has_coarse && kernel.coarse->product != nullptr;
        return {std::move(axes), prefix_width, wide_coarse ? depth : wide_width, has_coarse,
                wide_coarse};
    }

    const SurvivalSample sample(problem, kernel, standardization, queries, reference, threads,
                                monitor);
    const Survival of_all = sample.at_full_width();
    Choice choice = choose_full_width(extent, kernel, of_all);
    if (axes.axes.rows >= width_step) {
        std::vector<std::size_t> widths;
        for (std::size_t w = width_step; w <= axes.axes.rows; w += width_step) {
            widths.push_back(w - 1);
        }
        const auto survival = sample.at_widths(
            multiply(queries.vectors, axes.axes, kernel, threads, monitor),
            multiply(reference.vectors, axes.axes, kernel, threads, monitor), widths);
        choice = choose_rotated(extent, kernel, widths, survival, choice);
        choice = choose_wide_coarse(extent, kernel, widths, survival, of_all, choice);
    }
    SketchPlan plan{std::nullopt, choice.prefix_width, choice.wide_width, choice.coarse,
                    choice.wide_coarse};
    if (choice.rotated) plan.axes = std::move(axes);
    return plan;
}

}  // namespace twinscore
