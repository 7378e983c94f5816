#include "emulated_vnni.hpp"

#include "kernels/simd_int8_256.hpp"

namespace twinscore::testing {
namespace {

// Four products of an unsigned and a signed byte, added to an int32: as its manual has it.
struct EmulatedVnni {
    static __m256i add(__m256i sum, __m256i a, __m256i b) {
        alignas(32) std::uint8_t unsigned_bytes[32];
        alignas(32) std::int8_t signed_bytes[32];
        alignas(32) std::uint32_t sums[8];
        _mm256_store_si256(reinterpret_cast<__m256i*>(unsigned_bytes), a);
        _mm256_store_si256(reinterpret_cast<__m256i*>(signed_bytes), b);
        _mm256_store_si256(reinterpret_cast<__m256i*>(sums), sum);
        for (std::size_t i = 0; i < 32; ++i) {
            sums[i / 4] += static_cast<std::uint32_t>(unsigned_bytes[i] * signed_bytes[i]);
        }
        return _mm256_load_si256(reinterpret_cast<const __m256i*>(sums));
    }
};

}  // namespace

const ScreenKernel& emulated_vnni_screen_kernel() {
    static constexpr ScreenKernel kernel = make_int8_screen_kernel<EmulatedVnni>();
    return kernel;
}

}  // namespace twinscore::testing
