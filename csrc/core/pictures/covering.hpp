#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "pictures/picture.hpp"

namespace twinscore {

// The picture with rectangles painted by what surrounds them, smoothly: by the means of squares of
// `cell` pixels a side, a power of two, that no rectangle touches, and between them by averages
// over the wider surroundings the farther they are. What is in a rectangle leaves nothing behind.
// Where nothing surrounds them, they have the colour `fill`.
[[nodiscard]] Picture covered(const PictureView& picture, std::span<const Rectangle> rectangles,
                              std::size_t cell, std::uint8_t fill);

}  // namespace twinscore
