#pragma once

#include "kernels/kernel.hpp"
#include "rows/arranged_rows.hpp"
#include "search/screening.hpp"
#include "search/search_problem.hpp"

namespace twinscore {

// Whether the products of all pairs may be kept, 4 bytes each, and the kernel's own are precise
// enough to.
[[nodiscard]] bool product_table_suits(const SearchProblem& problem, const Kernel& kernel);

// Whether that is likely to be the quickest way.
[[nodiscard]] bool product_table_pays(const SearchProblem& problem);

// Every row meets every row before any limit is set: where many of few rows are wanted, limits that
// fall while rows meet rule little out, and keeping up with them costs more than the products.
// Rows are sketched in float32 at full width.
void compare_by_table(Screening& screening, const SearchProblem& problem, const Kernel& kernel,
                      const ArrangedRows& queries, Collection& collection,
                      const ArrangedRows& reference, unsigned threads, Monitor& monitor);

}  // namespace twinscore
