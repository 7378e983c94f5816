#include "kernels/dispatch.hpp"
#include "kernels/simd_neon.hpp"

namespace twinscore {

// 6 x 4 sums, 4 vectors of the panel and a broadcast fill 29 of the 32 registers.
const Kernel& neon_kernel() {
    static constexpr Kernel kernel = make_kernel<Neon, Neon, 6, 4>("neon");
    return kernel;
}

}  // namespace twinscore
