#include "search/search_problem.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <string>
#include <unordered_map>

namespace twinscore {
namespace {

void check_groups(const MatrixView& matrix, std::span<const std::int64_t> groups,
                  const char* name) {
    if (groups.size() == matrix.rows) return;
    throw std::invalid_argument("expected one group for each of the " +
                                std::to_string(matrix.rows) + " rows of " + name + ", got " +
                                std::to_string(groups.size()));
}

void check_candidates(const SearchProblem& problem) {
    const auto present = [&problem](std::size_t row) {
        return problem.retired.empty() || problem.retired[row] == 0;
    };
    std::size_t all_present = problem.reference.rows;
    if (!problem.retired.empty()) {
        all_present = static_cast<std::size_t>(
            std::count(problem.retired.begin(), problem.retired.end(), std::uint8_t{0}));
    }
    std::unordered_map<std::int64_t, std::size_t> group_sizes;
    for (std::size_t row = 0; row < problem.reference_groups.size(); ++row) {
        if (present(row)) ++group_sizes[problem.reference_groups[row]];
    }

    for (std::size_t i = 0; i < problem.queries.rows; ++i) {
        std::size_t excluded = problem.self_join ? 1 : 0;
        if (!problem.query_groups.empty()) {
            const auto own = group_sizes.find(problem.query_groups[i]);
            excluded = own == group_sizes.end() ? 0 : own->second;
        }
        const auto candidates = all_present - excluded;
        if (candidates < problem.k) {
            throw std::invalid_argument("expected k of at most " + std::to_string(candidates) +
                                        ", the number of candidates of query row " +
                                        std::to_string(i) +
                                        ", got k = " + std::to_string(problem.k));
        }
    }
}

}  // namespace

void check(const SearchProblem& problem) {
    if (problem.k == 0) throw std::invalid_argument("expected k of at least 1, got 0");
    if (problem.queries.columns != problem.reference.columns) {
        throw std::invalid_argument("expected queries as wide as the reference (" +
                                    std::to_string(problem.reference.columns) + "), got " +
                                    std::to_string(problem.queries.columns) + " columns");
    }
    if (std::max(problem.queries.rows, problem.reference.rows) >
        std::numeric_limits<std::uint32_t>::max()) {
        throw std::invalid_argument("expected fewer than 2^32 rows");
    }
    if (problem.reference.columns == 0) {
        throw std::invalid_argument("expected at least one column, got none");
    }
    if (!problem.query_groups.empty() || !problem.reference_groups.empty()) {
        check_groups(problem.queries, problem.query_groups, "queries");
        check_groups(problem.reference, problem.reference_groups, "reference");
    }
    if (!problem.retired.empty() && problem.retired.size() != problem.reference.rows) {
        throw std::invalid_argument(
            "expected a mark for each of the " + std::to_string(problem.reference.rows) +
            " rows of reference, got " + std::to_string(problem.retired.size()));
    }
    check_candidates(problem);
}

}  // namespace twinscore
