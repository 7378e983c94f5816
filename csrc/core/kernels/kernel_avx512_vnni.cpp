#include "kernels/dispatch.hpp"
#include "kernels/simd_avx512.hpp"

namespace twinscore {
namespace {

// Four products a lane and instruction: unsigned by signed bytes, summed in int32. Sketches are
// signed: those of the rows are offset on the way in, sums start from what the offset adds.
struct Avx512Int8 : Avx512 {
    static constexpr Precision precision = Precision::int8;
    using Operand = __m512i;
    // __m512i are 64-bit lanes to GCC 12, which then keeps sums of 32-bit lanes in memory.
    using Sum = std::int32_t __attribute__((vector_size(64)));

    static Sum start(const Cell* panel) {
        return reinterpret_cast<Sum>(_mm512_loadu_si512(panel + panel_rows));
    }
    static Operand load_cells(const Cell* cells) { return _mm512_loadu_si512(cells); }
    static Operand broadcast_cell(Cell cell) {
        return _mm512_xor_si512(_mm512_set1_epi32(static_cast<int>(cell)),
                                _mm512_set1_epi8(static_cast<char>(int8_offset)));
    }
    static Sum multiply_cells(Operand a, Operand b, Sum c) {
        return reinterpret_cast<Sum>(_mm512_dpbusd_epi32(reinterpret_cast<__m512i>(c), a, b));
    }
    static Vector value(Sum sum, const Cell* row, const Cell* panel) {
        const Vector step = _mm512_mul_ps(_mm512_set1_ps(std::bit_cast<float>(*row)),
                                          _mm512_castsi512_ps(_mm512_loadu_si512(panel)));
        return _mm512_mul_ps(_mm512_cvtepi32_ps(reinterpret_cast<__m512i>(sum)), step);
    }
};

}  // namespace

const ScreenKernel& avx512_vnni_screen_kernel() {
    static constexpr ScreenKernel kernel = make_screen_kernel<Block<Avx512Int8, 6, 4>>(nullptr);
    return kernel;
}

}  // namespace twinscore
