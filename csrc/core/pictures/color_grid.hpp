#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "pictures/picture.hpp"

namespace twinscore {

using Color = std::array<float, pixel_bytes>;

// Colours of squares, some of them not known.
struct ColorGrid {
    std::vector<Color> colors;
    std::vector<std::uint8_t> is_known;
    std::size_t width;
    std::size_t height;

    ColorGrid(std::size_t columns, std::size_t rows)
        : colors(columns * rows), is_known(columns * rows, 1), width(columns), height(rows) {}
};

// Gives squares that are not known the averages of wider and wider surroundings; `fill` where none
// is known.
void fill_unknown(ColorGrid& grid, float fill);

// Where in a row or column of squares a place lies: between the middles of two of them.
struct Between {
    std::size_t first;
    std::size_t second;
    float weight;  // of the second

    // A place in squares from the first edge, of so many squares.
    Between(float place, std::size_t count);
};

[[nodiscard]] inline Color mixed(const Color& first, const Color& second, float weight) {
    Color color;
    for (std::size_t c = 0; c < pixel_bytes; ++c) {
        color[c] = first[c] + weight * (second[c] - first[c]);
    }
    return color;
}

}  // namespace twinscore
