#pragma once

// A search over rows of which many are equal asks for the nearest kinds of rows. The k nearest rows
// of a query, and all that tie with them, are of its k nearest kinds, since each of these has a row
// at least that is eligible; or of all eligible kinds, where those are fewer.

#include <functional>

#include "basis/parallel_for.hpp"
#include "rows/equal_rows.hpp"
#include "search/neighbor_table.hpp"
#include "search/search_problem.hpp"

namespace twinscore {

// Finds the neighbors among the rows that `EqualRows::distinct` selects of the reference.
using KindSearch = std::function<NeighborTable(const SearchProblem&)>;

// The answer to a problem that `check` has passed, from searches among kinds of reference rows.
// Time and memory beyond those searches are those of the answer, which samples long lists of ties.
[[nodiscard]] NeighborTable collapsed_search(const SearchProblem& problem, const EqualRows& equal,
                                             unsigned threads, Monitor& monitor,
                                             const KindSearch& search);

}  // namespace twinscore
