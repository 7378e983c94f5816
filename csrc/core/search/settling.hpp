#pragma once

#include <vector>

#include "kernels/kernel.hpp"
#include "rows/arranged_rows.hpp"
#include "search/neighbor_table.hpp"
#include "search/screening.hpp"
#include "search/search_problem.hpp"

namespace twinscore {

// Exact distances decide among the candidates that screening left.
[[nodiscard]] NeighborTable settle_all(const SearchProblem& problem, const Kernel& kernel,
                                       const ArrangedRows& queries, Collection& collection,
                                       const ArrangedRows& reference, unsigned threads,
                                       Monitor& monitor);

}  // namespace twinscore
