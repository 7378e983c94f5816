#pragma once

#include <cstddef>

#include "pictures/picture.hpp"

namespace twinscore {

// Every pixel is the mean of a square of so many pixels a side, a power of two, rounded to the
// nearest byte; at the right and lower border of those that are there. The bytes are those of
// Pillow's `reduce`, so that it does not matter who reduces a picture.
[[nodiscard]] Picture reduced(const PictureView& picture, std::size_t factor);

}  // namespace twinscore
