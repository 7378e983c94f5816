#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace twinscore {

// An image: red, green and blue of a pixel side by side.
struct PixelView {
    std::span<const std::uint8_t> pixels;
    std::size_t height;
    std::size_t width;
};

// Tones and colours, in the units of the catalog of facts.
struct ToneFacts {
    double brightness;
    double contrast;
    double blacks;
    double whites;
    double saturation;
    double warmth;
    double tint;
    double entropy;
    double edges;
};

// A quarter of the pixels tells as much of tones; edges are looked for in every other row.
[[nodiscard]] ToneFacts tone_facts(const PixelView& image);

}  // namespace twinscore
