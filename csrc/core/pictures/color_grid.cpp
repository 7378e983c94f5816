#include "pictures/color_grid.hpp"

#include <algorithm>
#include <cmath>

namespace twinscore {
namespace {

// Means of what is known of four squares each.
ColorGrid halved(const ColorGrid& grid) {
    ColorGrid half((grid.width + 1) / 2, (grid.height + 1) / 2);
    std::vector<float> known(half.colors.size(), 0.0F);
    for (std::size_t y = 0; y < grid.height; ++y) {
        for (std::size_t x = 0; x < grid.width; ++x) {
            const std::size_t from = y * grid.width + x;
            if (grid.is_known[from] == 0) {
                continue;
            }
            const std::size_t to = y / 2 * half.width + x / 2;
            known[to] += 1.0F;
            for (std::size_t c = 0; c < pixel_bytes; ++c) {
                half.colors[to][c] += grid.colors[from][c];
            }
        }
    }
    for (std::size_t i = 0; i < known.size(); ++i) {
        half.is_known[i] = known[i] > 0.0F ? 1 : 0;
        for (float& value : half.colors[i]) {
            value /= std::max(known[i], 1.0F);
        }
    }
    return half;
}

Color color_at(const ColorGrid& grid, const Between& column, const Between& row) {
    const auto in_row = [&](std::size_t y) {
        const Color* colors = grid.colors.data() + y * grid.width;
        return mixed(colors[column.first], colors[column.second], column.weight);
    };
    return mixed(in_row(row.first), in_row(row.second), row.weight);
}

}  // namespace

Between::Between(float place, std::size_t count) {
    const float last = static_cast<float>(count - 1);
    const float from_middle = std::clamp(place - 0.5F, 0.0F, last);
    first = static_cast<std::size_t>(from_middle);
    second = std::min(first + 1, count - 1);
    weight = from_middle - static_cast<float>(first);
}

void fill_unknown(ColorGrid& grid, float fill) {
    const auto unknown = std::ranges::count(grid.is_known, std::uint8_t{0});
    if (unknown == 0) {
        return;
    }
    if (static_cast<std::size_t>(unknown) == grid.colors.size()) {
        std::ranges::fill(grid.colors, Color{fill, fill, fill, fill});
        return;
    }
    ColorGrid coarse = halved(grid);
    fill_unknown(coarse, fill);
    for (std::size_t y = 0; y < grid.height; ++y) {
        const Between row((static_cast<float>(y) + 0.5F) / 2.0F, coarse.height);
        for (std::size_t x = 0; x < grid.width; ++x) {
            if (grid.is_known[y * grid.width + x] == 0) {
                const Between column((static_cast<float>(x) + 0.5F) / 2.0F, coarse.width);
                grid.colors[y * grid.width + x] = color_at(coarse, column, row);
            }
        }
    }
}

}  // namespace twinscore
