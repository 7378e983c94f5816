#include "search/arrangement.hpp"

#include <algorithm>

namespace twinscore {
namespace {

constexpr std::size_t bytes_per_tile = 384 * 1024;  // two of them fit a second-level cache
constexpr std::size_t most_tile_rows = 512;
constexpr std::size_t tiles_per_thread = 8;

// The typical ratio of error to length.
double typical_ratio(const Sketches& sketches, const Sketches* others) {
    double error = sketches.total_error();
    double norm = sketches.total_norm();
    if (others != nullptr) {
        error += others->total_error();
        norm += others->total_norm();
    }
    return error > 0.0 && norm > 0.0 ? error / norm : 1.0;
}

}  // namespace

std::size_t tile_rows_for(std::size_t rows, const SketchPlan& plan, const Kernel& kernel,
                          unsigned threads) {
    const std::size_t row_bytes =
        SketchCells{plan.prefix_kernel(kernel).precision, plan.prefix_width, plan.axes.has_value()}
            .count() *
        sizeof(Cell);
    const std::size_t fair_share = rows / (threads * tiles_per_thread) + 1;
    const std::size_t wanted = std::min({bytes_per_tile / row_bytes, fair_share, most_tile_rows});
    return std::max<std::size_t>(1, (wanted + panel_rows / 2) / panel_rows) * panel_rows;
}

SketchRatios typical_ratios(const ArrangedRows& rows, const ArrangedRows* others) {
    return {typical_ratio(rows.prefix(), others ? &others->prefix() : nullptr),
            typical_ratio(rows.wide(), others ? &others->wide() : nullptr)};
}

Arrangement::Arrangement(const SearchProblem& problem, const Kernel& kernel, Screen screen,
                         unsigned threads, Monitor& monitor)
    : standardization_(problem.queries, problem.reference, kernel, threads, monitor),
      plan_(
          make_plan(problem, kernel, standardization_, screen, threads, monitor, size_of(problem))),
      reference_(problem.reference, plan_, kernel, standardization_,
                 tile_rows_for(problem.reference.rows, plan_, kernel, threads), true, threads,
                 monitor) {
    if (!problem.self_join) {
        other_queries_.emplace(problem.queries, plan_, kernel, standardization_,
                               tile_rows_for(problem.queries.rows, plan_, kernel, threads), false,
                               threads, monitor);
    }
    const SketchRatios ratios =
        typical_ratios(reference_, other_queries_ ? &*other_queries_ : nullptr);
    reference_.finish(ratios);
    if (other_queries_) other_queries_->finish(ratios);
}

}  // namespace twinscore
