#include "kernels/dispatch.hpp"

#include <stdexcept>
#include <string>

#include "kernels/processor.hpp"

namespace twinscore {
namespace {

[[maybe_unused]] Kernel with_coarse(Kernel kernel, std::string_view name,
                                    const ScreenKernel& coarse) {
    kernel.name = name;
    kernel.coarse = &coarse;
    return kernel;
}

#if defined(TWINSCORE_X86)

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

#elif defined(TWINSCORE_ARM64)

const Kernel& neon_dotprod_kernel() {
    static const Kernel kernel =
        with_coarse(neon_kernel(), "neon-dotprod", neon_dotprod_screen_kernel());
    return kernel;
}

#endif

}  // namespace

std::vector<const Kernel*> available_kernels() {
    std::vector<const Kernel*> kernels{&portable_kernel()};
    [[maybe_unused]] const Processor processor = this_processor();
#if defined(TWINSCORE_X86)
    if (processor.avx2) kernels.push_back(&avx2_kernel());
    if (processor.avx2) kernels.push_back(&avx2_int8_kernel());
    if (processor.avx_vnni) kernels.push_back(&avx_vnni_kernel());
    if (processor.avx512) kernels.push_back(&avx512_kernel());
    if (processor.avx512) kernels.push_back(&avx512_int8_kernel());
    if (processor.avx512_vnni) kernels.push_back(&avx512_vnni_kernel());
    if (processor.avx512_bf16) kernels.push_back(&avx512_bf16_kernel());
    if (processor.avx512_bf16 && processor.avx512_vnni) {
        kernels.push_back(&avx512_bf16_vnni_kernel());
    }
#elif defined(TWINSCORE_ARM64)
    kernels.push_back(&neon_kernel());
    if (processor.arm_dotprod) kernels.push_back(&neon_dotprod_kernel());
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
