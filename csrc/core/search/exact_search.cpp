#include "search/exact_search.hpp"

#include <algorithm>

#include "search/arrangement.hpp"
#include "search/collapsed_search.hpp"
#include "search/joins.hpp"
#include "search/limit_guess.hpp"
#include "search/product_table.hpp"
#include "search/settling.hpp"

namespace twinscore {
namespace {

NeighborTable search_rows(const SearchProblem& problem, const SearchOptions& options,
                          Monitor& monitor, SearchReport* report) {
    const Kernel& kernel = *options.kernel;
    const unsigned threads = resolve_threads(options.threads);
    const TableUse use = table_use(problem, kernel, options.screen);
    const Screen screen = use == TableUse::always ? Screen::product_table : options.screen;
    const Arrangement arranged(problem, kernel, screen, threads, monitor);
    const bool by_table =
        use == TableUse::always || (use == TableUse::unless_coarse && arranged.plan().plain());
    const ArrangedRows& queries = arranged.queries();
    const ArrangedRows& reference = arranged.reference();

    Collection collection(queries, true);
    Screening screening(problem, arranged.standardization(), kernel, queries, reference);
    std::size_t searched_again = 0;
    if (by_table) {
        compare_by_table(screening, problem, kernel, queries, collection, reference, threads,
                         monitor);
    } else {
        guess_limits(problem, queries, reference, collection, threads, monitor);
        if (problem.self_join) {
            join_with_itself(screening, queries, collection, threads, monitor);
        } else {
            search_reference(screening, queries, collection, reference, threads, monitor);
        }
        searched_again = search_without_guess(screening, problem, queries, collection, reference,
                                              threads, monitor);
    }
    if (report != nullptr) {
        *report = {arranged.plan().prefix_width,
                   arranged.plan().wide_width,
                   arranged.plan().coarse,
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
                      options_.threads, monitor, size_of(problem_))),
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
    if (!standardization_.suits(problem.queries, "queries", threads, monitor)) {
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
