#pragma once

#include "kernels/kernel.hpp"
#include "rows/sketch_plan.hpp"
#include "rows/standardization.hpp"
#include "search/search_problem.hpp"

namespace twinscore {

// What to screen pairs with: chosen by weighing costs, or as told, for tests and benches; what is
// told takes coarse sketches where the kernel has them.
enum class Screen { automatic, full_width, rotated };

// Weighs the work that pruning saves, measured on a sample, against the work of preparing it.
[[nodiscard]] SketchPlan make_plan(const SearchProblem& problem, const Kernel& kernel,
                                   const Standardization& standardization, Screen screen,
                                   unsigned threads, Monitor& monitor);

}  // namespace twinscore
