#pragma once

#include <vector>

#include "arranged_rows.hpp"
#include "kernel.hpp"
#include "neighbor_table.hpp"
#include "screening.hpp"
#include "search_problem.hpp"

namespace twinscore {

// Exact distances decide among the candidates that screening left.
[[nodiscard]] NeighborTable settle_all(const SearchProblem& problem, const Kernel& kernel,
                                       const ArrangedRows& queries, Collection& collection,
                                       const ArrangedRows& reference, unsigned threads,
                                       Monitor& monitor);

}  // namespace twinscore
