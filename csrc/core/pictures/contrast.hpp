#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "pictures/picture.hpp"

namespace twinscore {

// How brightness is compared.
struct ContrastScale {
    std::size_t reduced_by;  // what the picture already was, a power of two
    std::size_t cell;        // pixels a side of the squares that are averaged first, likewise
    double ring;             // how far around a rectangle it reaches, as a share of its longer side
};

// For each rectangle of the picture as it was before it was reduced, the distance of its mean
// brightness (ITU-R BT.601, in whole levels of 255) from that of a ring around it, which is at
// least a square wide; NaN where the picture has no such ring.
[[nodiscard]] std::vector<double> contrasts(const PictureView& picture,
                                            std::span<const Rectangle> rectangles,
                                            const ContrastScale& scale);

}  // namespace twinscore
