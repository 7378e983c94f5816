#include "kernels/processor.hpp"

#if defined(TWINSCORE_ARM64)
#if defined(__linux__)
#include <sys/auxv.h>
#elif defined(__APPLE__)
#include <sys/sysctl.h>

#include <cstddef>
#elif defined(_WIN32)
#include <windows.h>
#endif
#endif

namespace twinscore {

#if defined(TWINSCORE_X86)

Processor this_processor() {
    __builtin_cpu_init();
    Processor processor;
    processor.avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    // Older Clang knows no such names; what has AVX2 has F16C, which came before it.
#if !defined(__clang__) || __clang_major__ >= 17
    processor.avx2 = processor.avx2 && __builtin_cpu_supports("f16c");
    processor.avx_vnni = processor.avx2 && __builtin_cpu_supports("avxvnni");
#endif
    processor.avx512 = processor.avx2 && __builtin_cpu_supports("avx512f") &&
                       __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
                       __builtin_cpu_supports("avx512dq");
    processor.avx512_bf16 = processor.avx512 && __builtin_cpu_supports("avx512bf16");
    processor.avx512_vnni = processor.avx512 && __builtin_cpu_supports("avx512vnni");
    return processor;
}

#elif defined(TWINSCORE_ARM64)

Processor this_processor() {
    Processor processor;
#if defined(__linux__)
    constexpr unsigned long dotprod = 1UL << 20U;  // HWCAP_ASIMDDP
    processor.arm_dotprod = (getauxval(AT_HWCAP) & dotprod) != 0;
#elif defined(__APPLE__)
    int present = 0;
    std::size_t size = sizeof present;
    processor.arm_dotprod =
        sysctlbyname("hw.optional.arm.FEAT_DotProd", &present, &size, nullptr, 0) == 0 &&
        present != 0;
#elif defined(_WIN32)
    constexpr DWORD dotprod = 43;  // PF_ARM_V82_DP_INSTRUCTIONS_AVAILABLE
    processor.arm_dotprod = IsProcessorFeaturePresent(dotprod) != 0;
#endif
    return processor;
}

#else

Processor this_processor() { return {}; }

#endif

}  // namespace twinscore
