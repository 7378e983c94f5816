#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "basis/unset_vector.hpp"

namespace twinscore {

// Bytes of a pixel: red, green, blue, and one that is not looked at.
inline constexpr std::size_t pixel_bytes = 4;

// A picture that lies somewhere else, row after row.
struct PictureView {
    std::span<const std::uint8_t> bytes;
    std::size_t width;
    std::size_t height;

    [[nodiscard]] const std::uint8_t* row(std::size_t y) const {
        return bytes.data() + y * width * pixel_bytes;
    }
};

// A picture of its own.
struct Picture {
    UnsetVector<std::uint8_t> bytes;
    std::size_t width;
    std::size_t height;

    [[nodiscard]] PictureView view() const { return {bytes, width, height}; }
    [[nodiscard]] std::uint8_t* row(std::size_t y) {
        return bytes.data() + y * width * pixel_bytes;
    }
};

// Columns from left up to right, rows from top up to bottom.
struct Rectangle {
    std::size_t left;
    std::size_t top;
    std::size_t right;
    std::size_t bottom;
};

}  // namespace twinscore
