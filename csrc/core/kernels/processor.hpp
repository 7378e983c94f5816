#pragma once

namespace twinscore {

// What this processor can do beyond what every one of its kind can, as far as kernels ask.
struct Processor {
    bool avx2 = false;  // with FMA and F16C
    bool avx_vnni = false;
    bool avx512 = false;  // F, VL, BW and DQ
    bool avx512_bf16 = false;
    bool avx512_vnni = false;
    bool arm_dotprod = false;
};

[[nodiscard]] Processor this_processor();

}  // namespace twinscore
