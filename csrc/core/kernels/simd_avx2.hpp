#pragma once

// Shared by the translation units that are compiled for AVX2, and by those alone.

#include <immintrin.h>

#include "kernels/kernel_template.hpp"

namespace twinscore {
namespace {

struct Avx2 {
    static constexpr std::size_t width = 8;
    static constexpr Precision precision = Precision::float32;
    using Vector = __m256;
    using Operand = __m256;
    using Sum = Vector;

    static Vector zero() { return _mm256_setzero_ps(); }
    static Vector broadcast(float value) { return _mm256_set1_ps(value); }
    static Vector load(const float* values) { return _mm256_loadu_ps(values); }
    static Vector load(const Half* values) {
        return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(values)));
    }
    static void store(float* target, Vector a) { _mm256_storeu_ps(target, a); }
    static Vector add(Vector a, Vector b) { return _mm256_add_ps(a, b); }
    static Vector subtract(Vector a, Vector b) { return _mm256_sub_ps(a, b); }
    static Vector minimum(Vector a, Vector b) { return _mm256_min_ps(a, b); }
    static Vector multiply_add(Vector a, Vector b, Vector c) { return _mm256_fmadd_ps(a, b, c); }
    static float sum(Vector a) {
        __m128 half = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
        half = _mm_add_ps(half, _mm_movehl_ps(half, half));
        return _mm_cvtss_f32(_mm_add_ss(half, _mm_movehdup_ps(half)));
    }
    static std::uint64_t at_least(Vector a, Vector b) {
        return static_cast<std::uint64_t>(_mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_GE_OQ)));
    }
    static Operand load_cells(const Cell* cells) {
        return _mm256_castsi256_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(cells)));
    }
    static Operand broadcast_cell(Cell cell) {
        return _mm256_castsi256_ps(_mm256_set1_epi32(static_cast<int>(cell)));
    }

    static constexpr std::size_t doubles_width = 4;
    using Doubles = __m256d;
    static Doubles zero_doubles() { return _mm256_setzero_pd(); }
    static Doubles broadcast(double value) { return _mm256_set1_pd(value); }
    static Doubles load_doubles(const double* values) { return _mm256_loadu_pd(values); }
    static Doubles load_doubles(const float* values) {
        return _mm256_cvtps_pd(_mm_loadu_ps(values));
    }
    static Doubles load_doubles(const Half* values) {
        return _mm256_cvtps_pd(
            _mm_cvtph_ps(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(values))));
    }
    static void store(double* target, Doubles a) { _mm256_storeu_pd(target, a); }
    static void store(float* target, Doubles a) { _mm_storeu_ps(target, _mm256_cvtpd_ps(a)); }
    static Doubles add(Doubles a, Doubles b) { return _mm256_add_pd(a, b); }
    // To the bits of a subtraction, on the units that multiply: additions need the others.
    static Doubles subtract(Doubles a, Doubles b) {
        return _mm256_fmsub_pd(a, _mm256_set1_pd(1.0), b);
    }
    static Doubles multiply(Doubles a, Doubles b) { return _mm256_mul_pd(a, b); }

    static Sum start(const Cell* /*panel*/) { return zero(); }
    static Vector value(Sum sum, const Cell* /*row*/, const Cell* /*panel*/) { return sum; }
    static Vector multiply_cells(Operand a, Operand b, Vector c) { return multiply_add(a, b, c); }
};

}  // namespace
}  // namespace twinscore
