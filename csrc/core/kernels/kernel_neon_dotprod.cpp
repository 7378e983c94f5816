#include "kernels/dispatch.hpp"
#include "kernels/simd_neon.hpp"

namespace twinscore {
namespace {

// Four products a lane and instruction: signed bytes on both sides, so that neither is offset.
struct NeonInt8 : Neon {
    static constexpr Precision precision = Precision::int8;
    using Operand = int8x16_t;
    using Sum = int32x4_t;

    static Sum start(const Cell* /*panel*/) { return vdupq_n_s32(0); }
    static Operand load_cells(const Cell* cells) { return vreinterpretq_s8_u32(vld1q_u32(cells)); }
    static Operand broadcast_cell(Cell cell) { return vreinterpretq_s8_u32(vdupq_n_u32(cell)); }
    static Sum multiply_cells(Operand a, Operand b, Sum c) { return vdotq_s32(c, a, b); }
    static Vector value(Sum sum, const Cell* row, const Cell* panel) {
        const Vector steps = vreinterpretq_f32_u32(vld1q_u32(panel));
        return vmulq_f32(vcvtq_f32_s32(sum), vmulq_n_f32(steps, std::bit_cast<float>(*row)));
    }
};

float product_int8(const Cell* a, const Cell* b, std::size_t cells) {
    int32x4_t sums[streams] = {vdupq_n_s32(0), vdupq_n_s32(0), vdupq_n_s32(0), vdupq_n_s32(0)};
    constexpr std::size_t leading = leading_cells(Precision::int8);
    for_each_vector<NeonInt8>(cells - leading, [&](std::size_t stream, auto part) {
        const auto x = part(a + leading);
        const auto y = part(b + leading);
        sums[stream] = vdotq_s32(sums[stream], NeonInt8::load_cells(address(x)),
                                 NeonInt8::load_cells(address(y)));
    });
    const int32x4_t all = vaddq_s32(vaddq_s32(sums[0], sums[1]), vaddq_s32(sums[2], sums[3]));
    return static_cast<float>(vaddvq_s32(all)) *
           (std::bit_cast<float>(*a) * std::bit_cast<float>(*b));
}

}  // namespace

const ScreenKernel& neon_dotprod_screen_kernel() {
    static constexpr ScreenKernel kernel = make_screen_kernel<Block<NeonInt8, 6, 4>>(product_int8);
    return kernel;
}

}  // namespace twinscore
