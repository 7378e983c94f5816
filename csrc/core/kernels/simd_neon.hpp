#pragma once

// Shared by the translation units that are compiled for 64-bit Arm, and by those alone.

#include <arm_neon.h>

#include <cstring>

#include "kernels/kernel_template.hpp"

namespace twinscore {
namespace {

struct Neon {
    static constexpr std::size_t width = 4;
    static constexpr Precision precision = Precision::float32;
    using Vector = float32x4_t;
    using Operand = float32x4_t;
    using Sum = Vector;

    static Vector zero() { return vdupq_n_f32(0.0F); }
    static Vector broadcast(float value) { return vdupq_n_f32(value); }
    static Vector load(const float* values) { return vld1q_f32(values); }
    static Vector load(const Half* values) { return vcvt_f32_f16(vld1_f16(values)); }
    static void store(float* target, Vector a) { vst1q_f32(target, a); }
    static Vector add(Vector a, Vector b) { return vaddq_f32(a, b); }
    static Vector subtract(Vector a, Vector b) { return vsubq_f32(a, b); }
    static Vector minimum(Vector a, Vector b) { return vminq_f32(a, b); }
    static Vector multiply_add(Vector a, Vector b, Vector c) { return vfmaq_f32(c, a, b); }
    static float sum(Vector a) { return vaddvq_f32(a); }
    static std::uint64_t at_least(Vector a, Vector b) {
        constexpr std::uint32_t bits[width] = {1, 2, 4, 8};
        return vaddvq_u32(vandq_u32(vcgeq_f32(a, b), vld1q_u32(bits)));
    }
    static Operand load_cells(const Cell* cells) { return vreinterpretq_f32_u32(vld1q_u32(cells)); }
    static Operand broadcast_cell(Cell cell) { return vreinterpretq_f32_u32(vdupq_n_u32(cell)); }

    static constexpr std::size_t doubles_width = 2;
    using Doubles = float64x2_t;
    static Doubles zero_doubles() { return vdupq_n_f64(0.0); }
    static Doubles broadcast(double value) { return vdupq_n_f64(value); }
    static Doubles load_doubles(const double* values) { return vld1q_f64(values); }
    static Doubles load_doubles(const float* values) { return vcvt_f64_f32(vld1_f32(values)); }
    static Doubles load_doubles(const Half* values) {
        std::uint32_t pair;
        std::memcpy(&pair, values, sizeof pair);
        const float32x4_t wide = vcvt_f32_f16(vreinterpret_f16_u32(vdup_n_u32(pair)));
        return vcvt_f64_f32(vget_low_f32(wide));
    }
    static void store(double* target, Doubles a) { vst1q_f64(target, a); }
    static void store(float* target, Doubles a) { vst1_f32(target, vcvt_f32_f64(a)); }
    static Doubles add(Doubles a, Doubles b) { return vaddq_f64(a, b); }
    static Doubles subtract(Doubles a, Doubles b) { return vsubq_f64(a, b); }
    static Doubles multiply(Doubles a, Doubles b) { return vmulq_f64(a, b); }

    static Sum start(const Cell* /*panel*/) { return zero(); }
    static Vector value(Sum sum, const Cell* /*row*/, const Cell* /*panel*/) { return sum; }
    static Vector multiply_cells(Operand a, Operand b, Vector c) { return multiply_add(a, b, c); }
};

}  // namespace
}  // namespace twinscore
