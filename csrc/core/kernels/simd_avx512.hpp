#pragma once

// Shared by the translation units that are compiled for AVX-512, and by those alone.

#include <immintrin.h>

#include "kernels/kernel_template.hpp"

namespace twinscore {
namespace {

struct Avx512 {
    static constexpr std::size_t width = 16;
    static constexpr Precision precision = Precision::float32;
    using Vector = __m512;
    using Operand = __m512;
    using Sum = Vector;

    static Vector zero() { return _mm512_setzero_ps(); }
    static Vector broadcast(float value) { return _mm512_set1_ps(value); }
    static Vector load(const float* values) { return _mm512_loadu_ps(values); }
    static Vector load(const Half* values) {
        return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(values)));
    }
    static void store(float* target, Vector a) { _mm512_storeu_ps(target, a); }
    static Vector add(Vector a, Vector b) { return _mm512_add_ps(a, b); }
    static Vector subtract(Vector a, Vector b) { return _mm512_sub_ps(a, b); }
    static Vector minimum(Vector a, Vector b) { return _mm512_min_ps(a, b); }
    static Vector multiply_add(Vector a, Vector b, Vector c) { return _mm512_fmadd_ps(a, b, c); }
    static float sum(Vector a) { return _mm512_reduce_add_ps(a); }
    static std::uint64_t at_least(Vector a, Vector b) {
        return static_cast<std::uint64_t>(_mm512_cmp_ps_mask(a, b, _CMP_GE_OQ));
    }
    static Operand load_cells(const Cell* cells) {
        return _mm512_castsi512_ps(_mm512_loadu_si512(cells));
    }
    static Operand broadcast_cell(Cell cell) {
        return _mm512_castsi512_ps(_mm512_set1_epi32(static_cast<int>(cell)));
    }

    static constexpr std::size_t doubles_width = 8;
    using Doubles = __m512d;
    static Doubles zero_doubles() { return _mm512_setzero_pd(); }
    static Doubles broadcast(double value) { return _mm512_set1_pd(value); }
    static Doubles load_doubles(const double* values) { return _mm512_loadu_pd(values); }
    static Doubles load_doubles(const float* values) {
        return _mm512_cvtps_pd(_mm256_loadu_ps(values));
    }
    static Doubles load_doubles(const Half* values) {
        return _mm512_cvtps_pd(
            _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(values))));
    }
    static void store(double* target, Doubles a) { _mm512_storeu_pd(target, a); }
    static void store(float* target, Doubles a) { _mm256_storeu_ps(target, _mm512_cvtpd_ps(a)); }
    static Doubles add(Doubles a, Doubles b) { return _mm512_add_pd(a, b); }
    static Doubles subtract(Doubles a, Doubles b) { return _mm512_sub_pd(a, b); }
    static Doubles multiply(Doubles a, Doubles b) { return _mm512_mul_pd(a, b); }

    static Sum start(const Cell* /*panel*/) { return zero(); }
    static Vector value(Sum sum, const Cell* /*row*/, const Cell* /*panel*/) { return sum; }
    static Vector multiply_cells(Operand a, Operand b, Vector c) { return multiply_add(a, b, c); }
};

}  // namespace
}  // namespace twinscore
