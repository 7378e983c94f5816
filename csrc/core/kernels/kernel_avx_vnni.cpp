#include "kernels/dispatch.hpp"
#include "kernels/simd_int8_256.hpp"

namespace twinscore {
namespace {

struct AvxVnni {
    static __m256i add(__m256i sum, __m256i a, __m256i b) {
        return _mm256_dpbusd_avx_epi32(sum, a, b);
    }
};

}  // namespace

const ScreenKernel& avx_vnni_screen_kernel() {
    static constexpr ScreenKernel kernel = make_int8_screen_kernel<AvxVnni>();
    return kernel;
}

}  // namespace twinscore
