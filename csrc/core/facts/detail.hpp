#pragma once

#include <cstddef>

#include "facts/luma.hpp"

namespace twinscore {

// Deviation of noise where there is least texture, from second differences (Immerkaer 1996).
[[nodiscard]] double noise_of(const Planes& luma);

// Steepness of the steepest edges over contrast.
[[nodiscard]] double sharpness_of(const Planes& luma);

// Fall of the energy of steps over the octaves, from fine to coarse (Field 1987).
[[nodiscard]] double slope_of(const Planes& luma);

// Steps at the borders of blocks over steps elsewhere, in percent (Wang, Bovik and Evan 2000); NaN
// for blocks of 0 pixels.
[[nodiscard]] double blockiness_of(const Planes& luma, std::size_t block);

}  // namespace twinscore
