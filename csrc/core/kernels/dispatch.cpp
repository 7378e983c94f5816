#include "kernels/dispatch.hpp"

#include <stdexcept>
#include <string>

namespace twinscore {

#if defined(TWINSCORE_X86)
namespace {

Kernel with_coarse(Kernel kernel, std::string_view name, const ScreenKernel& coarse) {
    kernel.name = name;
    kernel.coarse = &coarse;
    return kernel;
}

const Kernel& avx2_int8_kernel() {
    static const Kernel kernel = with_coarse(avx2_kernel(), "avx2-int8", avx2_int8_screen_kernel());
    return kernel;
}

const Kernel& avx_vnni_kernel() {
    static const Kernel kernel = with_coarse(avx2_kernel(), "avx-vnni", avx_vnni_screen_kernel());
    return kernel;
}

// The screen of AVX2 as it is: the same instructions, and faster than float32 of twice the width.
const Kernel& avx512_int8_kernel() {
    static const Kernel kernel =
        with_coarse(avx512_kernel(), "avx512-int8", avx2_int8_screen_kernel());
    return kernel;
}

const Kernel& avx512_vnni_kernel() {
    static const Kernel kernel =
        with_coarse(avx512_kernel(), "avx512-vnni", avx512_vnni_screen_kernel());
    return kernel;
}

const Kernel& avx512_bf16_vnni_kernel() {
    static const Kernel kernel =
        with_coarse(avx512_bf16_kernel(), "avx512-bf16-vnni", avx512_vnni_screen_kernel());
    return kernel;
}

}  // namespace
#endif

std::vector<const Kernel*> available_kernels() {
    std::vector<const Kernel*> kernels{&portable_kernel()};
#if defined(TWINSCORE_X86)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
        __builtin_cpu_supports("f16c")) {
        kernels.push_back(&avx2_kernel());
        kernels.push_back(&avx2_int8_kernel());
        if (__builtin_cpu_supports("avxvnni")) kernels.push_back(&avx_vnni_kernel());
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
            __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")) {
            kernels.push_back(&avx512_kernel());
            kernels.push_back(&avx512_int8_kernel());
            const bool bf16 = __builtin_cpu_supports("avx512bf16");
            const bool vnni = __builtin_cpu_supports("avx512vnni");
            if (vnni) kernels.push_back(&avx512_vnni_kernel());
            if (bf16) kernels.push_back(&avx512_bf16_kernel());
            if (bf16 && vnni) kernels.push_back(&avx512_bf16_vnni_kernel());
        }
    }
#endif
    return kernels;
}

const Kernel& choose_kernel(std::string_view name) {
    const auto kernels = available_kernels();
    if (name.empty()) return *kernels.back();
    std::string names;
    for (const Kernel* kernel : kernels) {
        if (kernel->name == name) return *kernel;
        names += (names.empty() ? "" : ", ") + std::string(kernel->name);
    }
    throw std::invalid_argument("expected an instruction set this machine has (" + names +
                                "), got '" + std::string(name) + "'");
}

}  // namespace twinscore
