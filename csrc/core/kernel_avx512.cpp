#include <immintrin.h>

#include "dispatch.hpp"
#include "kernel_template.hpp"

namespace twinscore {
namespace {

struct Avx512 {
    static constexpr std::size_t width = 16;
    using Vector = __m512;

    static Vector zero() { return _mm512_setzero_ps(); }
    static Vector broadcast(float value) { return _mm512_set1_ps(value); }
    static Vector load(const float* values) { return _mm512_loadu_ps(values); }
    static Vector add(Vector a, Vector b) { return _mm512_add_ps(a, b); }
    static Vector multiply_add(Vector a, Vector b, Vector c) { return _mm512_fmadd_ps(a, b, c); }
    static std::uint64_t at_least(Vector a, Vector b) {
        return static_cast<std::uint64_t>(_mm512_cmp_ps_mask(a, b, _CMP_GE_OQ));
    }
};

}  // namespace

// 6 x 4 accumulators, 4 reference vectors and a broadcast fill 29 of the 32 registers.
const Kernel& avx512_kernel() {
    static constexpr Kernel kernel{"avx512", 6, screen<Avx512, 6, 4>, squared_distance};
    return kernel;
}

}  // namespace twinscore
