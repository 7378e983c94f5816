#include "kernels/dispatch.hpp"
#include "kernels/simd_avx512.hpp"

namespace twinscore {

// 6 x 4 sums, 4 vectors of the panel and a broadcast fill 29 of the 32 registers.
const Kernel& avx512_kernel() {
    static constexpr Kernel kernel = make_kernel<Avx512, Avx512, 6, 4>("avx512");
    return kernel;
}

}  // namespace twinscore
