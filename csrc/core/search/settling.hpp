#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "kernels/kernel.hpp"
#include "rows/arranged_rows.hpp"
#include "search/neighbor_table.hpp"
#include "search/screening.hpp"
#include "search/search_problem.hpp"

namespace twinscore {

// Takes the candidates of one query, by its row, with their exact distances, in no order. Called
// from any thread; the list is the caller's to change.
using TakeMeasured = std::function<void(std::size_t row, std::vector<Neighbor>& neighbors)>;

// Measures the candidates that screening left.
void measure_all(const SearchProblem& problem, const Kernel& kernel, const ArrangedRows& queries,
                 Collection& collection, const ArrangedRows& reference, unsigned threads,
                 Monitor& monitor, const TakeMeasured& take);

// Exact distances decide among the candidates that screening left.
[[nodiscard]] NeighborTable settle_all(const SearchProblem& problem, const Kernel& kernel,
                                       const ArrangedRows& queries, Collection& collection,
                                       const ArrangedRows& reference, unsigned threads,
                                       Monitor& monitor);

}  // namespace twinscore
