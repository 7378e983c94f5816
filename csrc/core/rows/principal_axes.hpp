#pragma once

#include "basis/parallel_for.hpp"
#include "kernels/kernel.hpp"
#include "rows/matrix_product.hpp"

namespace twinscore {

// Orthonormal axes in about the order of the variance of the sample along them.
struct PrincipalAxes {
    FloatMatrix axes;  // one a row; may be fewer than asked for where the sample spans no more
    double deviation;  // at least |PP' - I|, also for any number of leading axes
};

// Subspace iteration, which finds a good basis in a few products; nothing rests on its
// convergence but speed.
[[nodiscard]] PrincipalAxes find_principal_axes(const FloatMatrix& sample, std::size_t count,
                                                const Kernel& kernel, unsigned threads,
                                                Monitor& monitor);

}  // namespace twinscore
