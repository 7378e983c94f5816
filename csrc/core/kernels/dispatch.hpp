#pragma once

#include <string_view>
#include <vector>

#include "kernels/kernel.hpp"

namespace twinscore {

[[nodiscard]] const Kernel& portable_kernel();
#if defined(TWINSCORE_X86)
[[nodiscard]] const Kernel& avx2_kernel();
[[nodiscard]] const ScreenKernel& avx2_int8_screen_kernel();
[[nodiscard]] const ScreenKernel& avx_vnni_screen_kernel();
[[nodiscard]] const Kernel& avx512_kernel();
[[nodiscard]] const Kernel& avx512_bf16_kernel();
[[nodiscard]] const ScreenKernel& avx512_vnni_screen_kernel();
#elif defined(TWINSCORE_ARM64)
[[nodiscard]] const Kernel& neon_kernel();
[[nodiscard]] const ScreenKernel& neon_dotprod_screen_kernel();
#endif

// The kernels this machine can run, slowest first.
[[nodiscard]] std::vector<const Kernel*> available_kernels();

// The kernel of that name; the fastest one when the name is empty. Throws std::invalid_argument
// with the names that would do.
[[nodiscard]] const Kernel& choose_kernel(std::string_view name);

}  // namespace twinscore
