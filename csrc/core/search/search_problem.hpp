#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "basis/matrix_view.hpp"

namespace twinscore {

// What is asked: the k nearest reference rows of every query, some rows not being eligible.
struct SearchProblem {
    MatrixView queries;
    MatrixView reference;
    std::size_t k = 1;
    bool self_join = false;  // queries are the reference: a row is no neighbor of itself
    std::span<const std::int64_t> query_groups = {};      // empty, or one id a row:
    std::span<const std::int64_t> reference_groups = {};  // rows of the query's group do not count
    std::span<const std::uint8_t> retired = {};  // empty, or not 0 for reference rows left out

    [[nodiscard]] bool eligible(std::size_t query, std::size_t candidate) const {
        if (self_join && query == candidate) return false;
        if (!retired.empty() && retired[candidate] != 0) return false;
        return query_groups.empty() || query_groups[query] != reference_groups[candidate];
    }
};

// Throws std::invalid_argument, naming the row, where the question has no answer: widths differ
// or a query has fewer than k eligible candidates. Values that are not finite are found by the
// search itself, which reads all of them anyway.
void check(const SearchProblem& problem);

}  // namespace twinscore
