#pragma once

// Shared by translation units that are compiled for AVX2 at least, and by those alone.

#include "kernels/simd_avx2.hpp"

namespace twinscore {
namespace {

// Four products a lane and instruction, as in kernel_avx512_vnni.cpp, of half as many lanes.
// Dot::add(sum, a, b) adds them, of unsigned bytes a by signed bytes b, to sums in int32.
template <class Dot>
struct Int8Of256 : Avx2 {
    static constexpr Precision precision = Precision::int8;
    using Operand = __m256i;
    using Sum = std::int32_t __attribute__((vector_size(32)));

    static Operand load_cells(const Cell* cells) {
        return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(cells));
    }
    static Operand broadcast_cell(Cell cell) {
        return _mm256_xor_si256(_mm256_set1_epi32(static_cast<int>(cell)),
                                _mm256_set1_epi8(static_cast<char>(int8_offset)));
    }
    static Sum start(const Cell* panel) {
        return reinterpret_cast<Sum>(load_cells(panel + panel_rows));
    }
    static Sum multiply_cells(Operand a, Operand b, Sum c) {
        return reinterpret_cast<Sum>(Dot::add(reinterpret_cast<__m256i>(c), a, b));
    }
    static Vector value(Sum sum, const Cell* row, const Cell* panel) {
        const Vector step = _mm256_mul_ps(_mm256_set1_ps(std::bit_cast<float>(*row)),
                                          _mm256_castsi256_ps(load_cells(panel)));
        return _mm256_mul_ps(_mm256_cvtepi32_ps(reinterpret_cast<__m256i>(sum)), step);
    }
};

// 6 x 2 sums, 2 vectors of the panel and a broadcast fill 15 of the 16 registers.
template <class Dot>
constexpr ScreenKernel make_int8_screen_kernel() {
    return make_screen_kernel<Block<Int8Of256<Dot>, 6, 2>>(nullptr);
}

}  // namespace
}  // namespace twinscore
