#pragma once

#include "search/settling.hpp"

namespace twinscore {

// Whether few rows are many columns apart: else looking for the other row's list costs what
// measuring a pair twice does, and the lists of all rows at once too much memory.
[[nodiscard]] bool mutual_pairs_matter(const SearchProblem& problem);

// `measure_all` of rows among themselves: a pair that both rows have in their lists is measured
// once. Keeps 20 bytes for each candidate.
void measure_mutual_pairs_once(const SearchProblem& problem, const Kernel& kernel,
                               const ArrangedRows& rows, Collection& collection, unsigned threads,
                               Monitor& monitor, const TakeMeasured& take);

}  // namespace twinscore
