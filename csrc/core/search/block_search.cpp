#include "search/block_search.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "search/arrangement.hpp"
#include "search/joins.hpp"
#include "search/limit_guess.hpp"
#include "search/settling.hpp"

namespace twinscore {
namespace {

void check_block(const SearchedBlock& block) {
    for (const std::size_t known : {block.groups.size(), block.limits.size()}) {
        if (known == 0 || known == block.rows.rows) continue;
        throw std::invalid_argument("expected a group and a limit for each of the " +
                                    std::to_string(block.rows.rows) + " rows of a block, got " +
                                    std::to_string(known));
    }
}

SearchProblem problem_of(const SearchedBlock& queries, const SearchedBlock& reference,
                         std::size_t k, Meeting meeting) {
    return {.queries = queries.rows,
            .reference = reference.rows,
            .k = k,
            .self_join = meeting == Meeting::with_itself,
            .query_groups = queries.groups,
            .reference_groups = reference.groups};
}

// Standardized rows are no longer than 1: what is farther bounds nothing here.
constexpr double beyond_all = 8.0;

void bound_all(Collection& collection, const ArrangedRows& rows, const SearchedBlock& block,
               const Standardization& standardization) {
    if (block.limits.empty()) return;
    const double squared_scale = standardization.scale() * standardization.scale();
    for (std::size_t i = 0; i < rows.rows(); ++i) {
        const double limit = block.limits[rows.row_at(i)] * squared_scale;
        if (limit < beyond_all) collection.bound(i, limit);
    }
}

Shortlists shortlists_of(const SearchProblem& problem, const Kernel& kernel,
                         const ArrangedRows& queries, Collection& collection,
                         const ArrangedRows& reference, std::int64_t first_id, unsigned threads,
                         Monitor& monitor) {
    ShortlistWriter writer(problem.queries.rows);
    measure_all(problem, kernel, queries, collection, reference, threads, monitor,
                [&](std::size_t row, std::vector<Neighbor>& neighbors) {
                    for (Neighbor& neighbor : neighbors) neighbor.id += first_id;
                    shorten(neighbors, problem.k);
                    writer.write(row, neighbors);
                });
    return writer.finish();
}

// Two blocks, arranged for each other.
struct Sides {
    const Kernel& kernel;
    const Standardization& standardization;
    const ArrangedRows& rows;
    const ArrangedRows& others;
};

MetBlocks meet(const SearchProblem& problem, const Sides& sides, const SearchedBlock& first,
               const SearchedBlock& second, Meeting meeting, unsigned threads, Monitor& monitor) {
    const auto& [kernel, standardization, rows, others] = sides;
    Screening screening(problem, standardization, kernel, rows, others);
    Collection of_rows(rows, true);
    bound_all(of_rows, rows, first, standardization);
    MetBlocks met;
    if (meeting == Meeting::for_both) {
        Collection of_others(others, true);
        bound_all(of_others, others, second, standardization);
        join_with_each_other(screening, rows, of_rows, others, of_others, threads, monitor);
        met.of_second = shortlists_of(problem_of(second, first, problem.k, meeting), kernel, others,
                                      of_others, rows, first.first_id, threads, monitor);
    } else {
        if (first.limits.empty()) guess_limits(problem, rows, others, of_rows, threads, monitor);
        if (meeting == Meeting::with_itself) {
            join_with_itself(screening, rows, of_rows, threads, monitor);
        } else {
            search_reference(screening, rows, of_rows, others, threads, monitor);
        }
        search_without_guess(screening, problem, rows, of_rows, others, threads, monitor);
    }
    met.of_first =
        shortlists_of(problem, kernel, rows, of_rows, others, second.first_id, threads, monitor);
    return met;
}

}  // namespace

MetBlocks meet(const SearchedBlock& first, const SearchedBlock& second, std::size_t k,
               Meeting meeting, const SearchOptions& options, Monitor& monitor) {
    if (k == 0) throw std::invalid_argument("expected k of at least 1, got 0");
    if (first.rows.columns != second.rows.columns || first.rows.element != second.rows.element) {
        throw std::invalid_argument("expected blocks of one width and type");
    }
    check_block(first);
    check_block(second);
    const SearchProblem problem = problem_of(first, second, k, meeting);
    if (problem.queries.rows == 0 || problem.reference.rows == 0) {
        return {ShortlistWriter(problem.queries.rows).finish(),
                ShortlistWriter(problem.reference.rows).finish()};
    }
    if (first.groups.empty() != second.groups.empty()) {
        throw std::invalid_argument("expected groups of both blocks, got them of one");
    }
    const unsigned threads = resolve_threads(options.threads);
    if (first.prepared != nullptr && second.prepared != nullptr) {
        const CommonGround& ground = *first.prepared->ground();
        if (&ground != second.prepared->ground().get()) {
            throw std::invalid_argument("expected blocks prepared on one ground, got two");
        }
        const ArrangedRows* rows = first.prepared->arranged();
        const ArrangedRows* others = second.prepared->arranged();
        if (rows != nullptr && others != nullptr) {
            const Sides sides{*ground.options().kernel, ground.standardization(), *rows, *others};
            return meet(problem, sides, first, second, meeting, threads, monitor);
        }
    }
    const Arrangement arranged(problem, *options.kernel, options.screen, threads, monitor);
    const Sides sides{*options.kernel, arranged.standardization(), arranged.queries(),
                      arranged.reference()};
    return meet(problem, sides, first, second, meeting, threads, monitor);
}

}  // namespace twinscore
