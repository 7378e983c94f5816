#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace twinscore {

// Square patches of an image, all of one size: red, green and blue of a pixel side by side.
struct Patches {
    std::span<const std::uint8_t> pixels;
    std::size_t side;
    // From the middle of the image to that of each patch, right and down, in halves of its sides.
    std::span<const double> outwards;
    // Pixels that a block of JPEG has in them, whose borders lie at multiples of it; 0 if unknown.
    std::size_t block;

    [[nodiscard]] std::size_t count() const { return outwards.size() / 2; }
};

// What fine detail tells, in the units of the catalog of facts; NaN where it tells nothing.
struct PatchFacts {
    double noise;
    double sharpness;
    double slope;
    double blockiness;
    double aberration;
};

[[nodiscard]] PatchFacts patch_facts(const Patches& patches);

}  // namespace twinscore
