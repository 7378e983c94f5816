#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace twinscore {

// Square planes of brightness in levels, one after another.
struct Planes {
    std::vector<float> levels;
    std::size_t side;
    std::size_t count;

    [[nodiscard]] const float* row(std::size_t plane, std::size_t y) const {
        return levels.data() + (plane * side + y) * side;
    }
};

// What each level of a channel adds to brightness: looked up in less time than it takes to convert
// and multiply it.
[[nodiscard]] constexpr std::array<float, 256> shares_of_levels(float weight) {
    std::array<float, 256> shares{};
    for (std::size_t level = 0; level < shares.size(); ++level) {
        shares[level] = weight * static_cast<float>(level);
    }
    return shares;
}

// Brightness of pixels whose red, green and blue lie side by side (Rec. 601).
[[nodiscard]] inline Planes luma_of(std::span<const std::uint8_t> pixels, std::size_t side,
                                    std::size_t count) {
    static constexpr std::array<float, 256> red = shares_of_levels(0.299F);
    static constexpr std::array<float, 256> green = shares_of_levels(0.587F);
    static constexpr std::array<float, 256> blue = shares_of_levels(0.114F);
    Planes planes{std::vector<float>(side * side * count), side, count};
    const std::uint8_t* pixel = pixels.data();
    for (float& level : planes.levels) {
        level = red[pixel[0]] + green[pixel[1]] + blue[pixel[2]];
        pixel += 3;
    }
    return planes;
}

// Every pixel of the result is the mean of four.
[[nodiscard]] inline Planes halved(const Planes& planes) {
    const std::size_t side = planes.side / 2;
    Planes half{std::vector<float>(side * side * planes.count), side, planes.count};
    float* target = half.levels.data();
    for (std::size_t plane = 0; plane < planes.count; ++plane) {
        for (std::size_t y = 0; y < side; ++y) {
            const float* upper = planes.row(plane, 2 * y);
            const float* lower = planes.row(plane, 2 * y + 1);
            for (std::size_t x = 0; x < side; ++x) {
                *target++ =
                    0.25F * ((upper[2 * x] + lower[2 * x]) + (upper[2 * x + 1] + lower[2 * x + 1]));
            }
        }
    }
    return half;
}

}  // namespace twinscore
