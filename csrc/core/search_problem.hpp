#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "matrix_view.hpp"

namespace twinscore {

// What is asked: the k nearest reference rows of every query, some rows not being eligible.
struct SearchProblem {
    MatrixView queries;
    MatrixView reference;
    std::size_t k = 1;
    bool self_join = false;  // queries are the reference: a row is no neighbor of itself
    std::span<const std::int64_t> query_groups = {};      // empty, or one id a row:
    std::span<const std::int64_t> reference_groups = {};  // rows of the query's group do not count

    [[nodiscard]] bool eligible(std::size_t query, std::size_t candidate) const {
        if (self_join && query == candidate) return false;
        return query_groups.empty() || query_groups[query] != reference_groups[candidate];
    }
};

// What is answered. Row i holds the k neighbors of query i, ordered by (distance, id); the points
// that tie with its k-th neighbor beyond those are tie_ids[tie_offsets[i] .. tie_offsets[i + 1]).
struct NeighborTable {
    std::vector<double> distances;  // squared
    std::vector<std::int64_t> ids;
    std::vector<std::int64_t> tie_offsets;
    std::vector<std::int64_t> tie_ids;
};

// Throws std::invalid_argument, naming the row, where the question has no answer: widths differ, a
// value is not finite, or a query has fewer than k eligible candidates.
void check(const SearchProblem& problem);

}  // namespace twinscore
