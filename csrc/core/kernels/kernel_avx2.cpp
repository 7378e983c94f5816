#include "kernels/dispatch.hpp"
#include "kernels/simd_avx2.hpp"

namespace twinscore {

// 6 x 2 sums, 2 vectors of the panel and a broadcast fill 15 of the 16 registers.
const Kernel& avx2_kernel() {
    static constexpr Kernel kernel = make_kernel<Avx2, Avx2, 6, 2>("avx2");
    return kernel;
}

}  // namespace twinscore
