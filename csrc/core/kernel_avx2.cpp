#include <immintrin.h>

#include "dispatch.hpp"
#include "kernel_template.hpp"

namespace twinscore {
namespace {

struct Avx2 {
    static constexpr std::size_t width = 8;
    using Vector = __m256;

    static Vector zero() { return _mm256_setzero_ps(); }
    static Vector broadcast(float value) { return _mm256_set1_ps(value); }
    static Vector load(const float* values) { return _mm256_loadu_ps(values); }
    static Vector add(Vector a, Vector b) { return _mm256_add_ps(a, b); }
    static Vector multiply_add(Vector a, Vector b, Vector c) { return _mm256_fmadd_ps(a, b, c); }
    static std::uint64_t at_least(Vector a, Vector b) {
        return static_cast<std::uint64_t>(_mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_GE_OQ)));
    }
};

}  // namespace

// 6 x 2 accumulators, 2 reference vectors and a broadcast fill 15 of the 16 registers.
const Kernel& avx2_kernel() {
    static constexpr Kernel kernel{"avx2", 6, screen<Avx2, 6, 2>, squared_distance};
    return kernel;
}

}  // namespace twinscore
