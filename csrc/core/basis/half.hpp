#pragma once

namespace twinscore {

// IEEE float16 in memory, as the compilers of a target know it: GCC 12 has no _Float16 on Arm,
// Clang 14 none on x86.
#if defined(__aarch64__) || defined(_M_ARM64) || defined(__clang__)
using Half = __fp16;
#else
using Half = _Float16;
#endif
static_assert(sizeof(Half) == 2);

}  // namespace twinscore
