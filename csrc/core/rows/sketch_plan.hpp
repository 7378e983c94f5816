#pragma once

#include <cstddef>
#include <optional>

#include "kernels/kernel.hpp"
#include "rows/principal_axes.hpp"

namespace twinscore {

// How the rows of a search are sketched; any plan gives the same answer.
struct SketchPlan {
    // Axes to rotate to, or none: rows are screened at full width.
    std::optional<PrincipalAxes> axes;
    // Leading axes that every pair is screened with, and those that survivors are screened with;
    // the latter is 0 where the former leaves nothing to know better.
    std::size_t prefix_width;
    std::size_t wide_width;
    // Whether every pair is screened with the kernel's coarse sketches.
    bool coarse = false;
    // Whether the survivors of axes are screened with coarse sketches of all columns, not rotated;
    // wide_width is then the number of columns.
    bool wide_coarse = false;

    [[nodiscard]] const ScreenKernel& prefix_kernel(const Kernel& kernel) const {
        return coarse ? *kernel.coarse : kernel.fine;
    }
    [[nodiscard]] const ScreenKernel& wide_kernel(const Kernel& kernel) const {
        return wide_coarse ? *kernel.coarse : kernel.fine;
    }
    [[nodiscard]] bool wide_rotated() const { return axes.has_value() && !wide_coarse; }

    // Whether rows are sketched once, as precisely as the kernel can, at full width.
    [[nodiscard]] bool plain() const { return !axes && !coarse && wide_width == 0; }

    // Leading axes that rows are rotated to.
    [[nodiscard]] std::size_t rotated_width() const {
        return wide_coarse ? prefix_width : wide_width;
    }
};

}  // namespace twinscore
