#pragma once

#include "kernels/kernel.hpp"
#include "rows/sketch_plan.hpp"
#include "rows/standardization.hpp"
#include "search/search_problem.hpp"

namespace twinscore {

// What to screen pairs with: chosen by weighing costs, or as told, for tests and benches; what is
// told takes coarse sketches where the kernel has them.
enum class Screen { automatic, full_width, rotated, product_table };

// How many rows meet in a search.
struct SearchSize {
    std::size_t queries;
    std::size_t reference;
};

[[nodiscard]] SearchSize size_of(const SearchProblem& problem);

// Weighs the work that pruning saves, measured on a sample, against the work of preparing it. The
// problem may be a sample itself, of a search of the given size.
[[nodiscard]] SketchPlan make_plan(const SearchProblem& problem, const Kernel& kernel,
                                   const Standardization& standardization, Screen screen,
                                   unsigned threads, Monitor& monitor, const SearchSize& size);

}  // namespace twinscore
