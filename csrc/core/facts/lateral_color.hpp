#pragma once

#include "facts/patch_facts.hpp"

namespace twinscore {

// By how much red lies farther out than blue, in pixels, in patches near the corners; NaN where
// none has edges to see it by. Red and blue are each fitted by green and its gradient outwards: the
// share of the gradient is the shift (the first two terms of Taylor's series).
[[nodiscard]] double aberration_of(const Patches& patches);

}  // namespace twinscore
