#include "kernels/dispatch.hpp"
#include "kernels/simd_avx512.hpp"

namespace twinscore {
namespace {

// Two products a lane and instruction: pairs of bfloat16, summed in float32.
struct Avx512Bf16 : Avx512 {
    static constexpr Precision precision = Precision::bfloat16;
    using Operand = __m512bh;

    static Operand load_cells(const Cell* cells) {
        return reinterpret_cast<Operand>(_mm512_loadu_si512(cells));
    }
    static Operand broadcast_cell(Cell cell) {
        __m512i cells = _mm512_set1_epi32(static_cast<int>(cell));
#if defined(__clang__)
        // Clang 16 crashes where it sees that one number is repeated as pairs of bfloat16.
        asm("" : "+v"(cells));
#endif
        return reinterpret_cast<Operand>(cells);
    }
    static Vector multiply_cells(Operand a, Operand b, Vector c) {
        return _mm512_dpbf16_ps(c, a, b);
    }
};

}  // namespace

const Kernel& avx512_bf16_kernel() {
    static constexpr Kernel kernel = make_kernel<Avx512Bf16, Avx512, 6, 4>("avx512-bf16");
    return kernel;
}

}  // namespace twinscore
