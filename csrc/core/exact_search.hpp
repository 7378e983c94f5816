#pragma once

#include "kernel.hpp"
#include "parallel_for.hpp"
#include "search_problem.hpp"

namespace twinscore {

// The exact answer to a problem that `check` has passed. `threads` 0 means all that the process
// may use. Extra memory beyond the answer: per thread a copy of up to 1,024 queries and 512
// reference rows.
// Throws std::length_error when identical rows make the ties outgrow memory.
[[nodiscard]] NeighborTable exact_search(const SearchProblem& problem, const Kernel& kernel,
                                         unsigned threads, Monitor& monitor);

}  // namespace twinscore
