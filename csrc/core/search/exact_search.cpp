#include "search/exact_search.hpp"

#include <algorithm>
#include <optional>

#include "search/collapsed_search.hpp"
#include "search/joins.hpp"
#include "search/limit_guess.hpp"
#include "search/settling.hpp"

namespace twinscore {
namespace {

constexpr std::size_t bytes_per_tile = 384 * 1024;  // two of them fit a second-level cache
constexpr std::size_t most_tile_rows = 512;
constexpr std::size_t tiles_per_thread = 8;

// Queries may be this much longer than the reference rows that fixed the scale: their squares are
// then far from overflow still.
constexpr double longest_query = 0x1p10;

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

SketchRatios typical_ratios(const ArrangedRows& rows, const ArrangedRows* others) {
    return {typical_ratio(rows.prefix(), others ? &others->prefix() : nullptr),
            typical_ratio(rows.wide(), others ? &others->wide() : nullptr)};
}

NeighborTable search_rows(const SearchProblem& problem, const SearchOptions& options,
                          Monitor& monitor, SearchReport* report) {
    const Kernel& kernel = *options.kernel;
    const unsigned threads = resolve_threads(options.threads);
    const Standardization standardization(problem.queries, problem.reference, kernel, threads,
                                          monitor);
    const SketchPlan plan =
        make_plan(problem, kernel, standardization, options.screen, threads, monitor);
    const auto arrange = [&](const MatrixView& matrix, bool panels_wanted) {
        return ArrangedRows(matrix, plan, kernel, standardization,
                            tile_rows_for(matrix.rows, plan, kernel, threads), panels_wanted,
                            threads, monitor);
    };

    ArrangedRows reference = arrange(problem.reference, true);
    std::optional<ArrangedRows> other_queries;
    if (!problem.self_join) other_queries = arrange(problem.queries, false);
    const SketchRatios ratios =
        typical_ratios(reference, other_queries ? &*other_queries : nullptr);
    reference.finish(ratios);
    if (other_queries) other_queries->finish(ratios);
    const ArrangedRows& queries = other_queries ? *other_queries : reference;

    Collection collection(queries, true);
    guess_limits(problem, queries, reference, collection, threads, monitor);
    Screening screening(problem, standardization, kernel, queries, reference);
    if (problem.self_join) {
        join_with_itself(screening, queries, collection, threads, monitor);
    } else {
        search_reference(screening, queries, collection, reference, threads, monitor);
    }
    const std::size_t searched_again =
        search_without_guess(screening, problem, queries, collection, reference, threads, monitor);
    if (report != nullptr) {
        *report = {plan.prefix_width,
                   plan.wide_width,
                   plan.coarse,
                   screening.counts().pairs,
                   screening.counts().past_prefix,
                   screening.counts().past_wide,
                   searched_again};
    }
    return settle_all(problem, kernel, queries, collection, reference, threads, monitor);
}

}  // namespace

NeighborTable exact_search(const SearchProblem& problem, const SearchOptions& options,
                           Monitor& monitor, SearchReport* report) {
    const EqualRows equal(problem.reference, resolve_threads(options.threads), monitor);
    if (!equal.many()) return search_rows(problem, options, monitor, report);
    return collapsed_search(problem, equal, resolve_threads(options.threads), monitor,
                            [&](const SearchProblem& collapsed) {
                                return search_rows(collapsed, options, monitor, report);
                            });
}

PreparedReference::PreparedReference(const MatrixView& rows, std::size_t k,
                                     const SearchOptions& options, Monitor& monitor)
    : options_{options.kernel, resolve_threads(options.threads), options.screen},
      rows_(rows),
      equal_(rows, options_.threads, monitor),
      arranged_rows_(equal_.many() ? equal_.distinct(rows) : rows),
      problem_{.queries = arranged_rows_,
               .reference = arranged_rows_,
               .k = std::min(k, arranged_rows_.rows),
               .self_join = true},
      standardization_(arranged_rows_, arranged_rows_, *options_.kernel, options_.threads, monitor),
      plan_(make_plan(problem_, *options_.kernel, standardization_, options_.screen,
                      options_.threads, monitor)),
      arranged_(arranged_rows_, plan_, *options_.kernel, standardization_,
                tile_rows_for(arranged_rows_.rows, plan_, *options_.kernel, options_.threads), true,
                options_.threads, monitor),
      ratios_(typical_ratios(arranged_, nullptr)) {
    arranged_.finish(ratios_);
}

NeighborTable PreparedReference::search(const SearchProblem& problem, Monitor& monitor) const {
    if (!equal_.many()) return search_arranged(problem, monitor);
    return collapsed_search(
        problem, equal_, options_.threads, monitor,
        [&](const SearchProblem& collapsed) { return search_arranged(collapsed, monitor); });
}

NeighborTable PreparedReference::search_arranged(const SearchProblem& problem,
                                                 Monitor& monitor) const {
    const Kernel& kernel = *options_.kernel;
    const unsigned threads = options_.threads;
    if (standardization_.longest_row(problem.queries, "queries", threads, monitor) >
        longest_query) {
        return search_rows(problem, options_, monitor, nullptr);
    }
    ArrangedRows queries(problem.queries, plan_, kernel, standardization_,
                         tile_rows_for(problem.queries.rows, plan_, kernel, threads), false,
                         threads, monitor);
    queries.finish(ratios_);
    Collection collection(queries, true);
    guess_limits(problem, queries, arranged_, collection, threads, monitor);
    Screening screening(problem, standardization_, kernel, queries, arranged_);
    search_reference(screening, queries, collection, arranged_, threads, monitor);
    search_without_guess(screening, problem, queries, collection, arranged_, threads, monitor);
    return settle_all(problem, kernel, queries, collection, arranged_, threads, monitor);
}

}  // namespace twinscore
