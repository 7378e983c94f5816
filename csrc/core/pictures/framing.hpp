#pragma once

#include <cstdint>

#include "pictures/picture.hpp"

namespace twinscore {

// Where a part of a picture is shown: from so many columns and rows on, in a square.
struct SquareFrame {
    std::size_t side;
    std::size_t left;
    std::size_t top;
};

// A part of a picture in a square of its own; where nothing of it is, all bytes are `fill`.
// Throws std::invalid_argument for a part that does not lie within the picture and the square.
[[nodiscard]] Picture framed(const PictureView& picture, const Rectangle& part,
                             const SquareFrame& frame, std::uint8_t fill);

}  // namespace twinscore
