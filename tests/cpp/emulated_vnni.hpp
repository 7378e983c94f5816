#pragma once

#include "kernels/kernel.hpp"

namespace twinscore::testing {

// The screen of AVX-VNNI with its one instruction taken apart into those of AVX2.
[[nodiscard]] const ScreenKernel& emulated_vnni_screen_kernel();

}  // namespace twinscore::testing
