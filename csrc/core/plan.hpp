#pragma once

#include <optional>

#include "kernel.hpp"
#include "principal_axes.hpp"
#include "search_problem.hpp"
#include "standardization.hpp"

namespace twinscore {

// How a search goes about its work; any plan gives the same answer.
struct SearchPlan {
    // Axes to rotate to, or none: rows are screened at full width.
    std::optional<PrincipalAxes> axes;
    // Leading axes that every pair is screened with, and those that survivors are screened with;
    // the latter is 0 where the former leaves nothing to know better.
    std::size_t prefix_width;
    std::size_t wide_width;
    // Whether every pair is screened with the kernel's coarse sketches.
    bool coarse = false;

    [[nodiscard]] const ScreenKernel& prefix_kernel(const Kernel& kernel) const {
        return coarse ? *kernel.coarse : kernel.fine;
    }
};

// What to screen pairs with: chosen by weighing costs, or as told, for tests and benches; what is
// told takes coarse sketches where the kernel has them.
enum class Screen { automatic, full_width, rotated };

// Weighs the work that pruning saves, measured on a sample, against the work of preparing it.
[[nodiscard]] SearchPlan make_plan(const SearchProblem& problem, const Kernel& kernel,
                                   const Standardization& standardization, Screen screen,
                                   unsigned threads, Monitor& monitor);

}  // namespace twinscore
