#pragma once

#include "kernels/kernel.hpp"
#include "rows/arranged_rows.hpp"
#include "search/plan.hpp"
#include "search/screening.hpp"
#include "search/search_problem.hpp"

namespace twinscore {

// When the products of all pairs are kept.
enum class TableUse { never, unless_coarse, always };

// The quickest way, as far as sizes tell: `unless_coarse` where coarse sketches may be quicker,
// which the plan of the search knows.
[[nodiscard]] TableUse table_use(const SearchProblem& problem, const Kernel& kernel, Screen screen);

// Every row meets every row before any limit is set: where many of few rows are wanted, limits that
// fall while rows meet rule little out, and keeping up with them costs more than the products.
// Rows are sketched in float32 at full width.
void compare_by_table(Screening& screening, const SearchProblem& problem, const Kernel& kernel,
                      const ArrangedRows& queries, Collection& collection,
                      const ArrangedRows& reference, unsigned threads, Monitor& monitor);

}  // namespace twinscore
