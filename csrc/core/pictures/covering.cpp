#include "pictures/covering.hpp"

#include <algorithm>
#include <stdexcept>

#include "pictures/color_grid.hpp"
#include "pictures/reduction.hpp"

namespace twinscore {
namespace {

void check(const PictureView& picture, std::span<const Rectangle> rectangles) {
    for (const Rectangle& each : rectangles) {
        if (each.left >= each.right || each.top >= each.bottom || each.right > picture.width ||
            each.bottom > picture.height) {
            throw std::invalid_argument("expected rectangles within the picture");
        }
    }
}

// Means of squares, those unknown that any rectangle touches.
ColorGrid squares_of(const PictureView& picture, std::span<const Rectangle> rectangles,
                     std::size_t cell) {
    const Picture means = reduced(picture, cell);
    ColorGrid grid(means.width, means.height);
    for (std::size_t i = 0; i < grid.colors.size(); ++i) {
        for (std::size_t c = 0; c < pixel_bytes; ++c) {
            grid.colors[i][c] = means.bytes[i * pixel_bytes + c];
        }
    }
    for (const Rectangle& each : rectangles) {
        const std::size_t right = (each.right + cell - 1) / cell;
        for (std::size_t y = each.top / cell; y * cell < each.bottom; ++y) {
            const auto row = grid.is_known.begin() + static_cast<std::ptrdiff_t>(y * grid.width);
            std::fill(row + static_cast<std::ptrdiff_t>(each.left / cell),
                      row + static_cast<std::ptrdiff_t>(right), std::uint8_t{0});
        }
    }
    return grid;
}

float place_of(std::size_t pixel, std::size_t cell) {
    return (static_cast<float>(pixel) + 0.5F) / static_cast<float>(cell);
}

// A loop of its own, which takes many values at once.
void write_rounded(std::span<const Color> colors, std::uint8_t* __restrict target) {
    const float* __restrict values = colors.front().data();
    for (std::size_t i = 0; i < colors.size() * pixel_bytes; ++i) {
        target[i] = static_cast<std::uint8_t>(static_cast<int>(values[i] + 0.5F));
    }
}

void paint(Picture& picture, const Rectangle& part, const ColorGrid& grid, std::size_t cell) {
    std::vector<Between> columns;
    columns.reserve(part.right - part.left);
    for (std::size_t x = part.left; x < part.right; ++x) {
        columns.emplace_back(place_of(x, cell), grid.width);
    }
    const std::size_t first = columns.front().first;
    std::vector<Color> between(columns.back().second - first + 1);
    std::vector<Color> colors(columns.size());
    for (std::size_t y = part.top; y < part.bottom; ++y) {
        const Between row(place_of(y, cell), grid.height);
        for (std::size_t i = 0; i < between.size(); ++i) {
            between[i] = mixed(grid.colors[row.first * grid.width + first + i],
                               grid.colors[row.second * grid.width + first + i], row.weight);
        }
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const Between& column = columns[i];
            colors[i] =
                mixed(between[column.first - first], between[column.second - first], column.weight);
        }
        write_rounded(colors, picture.row(y) + part.left * pixel_bytes);
    }
}

}  // namespace

Picture covered(const PictureView& picture, std::span<const Rectangle> rectangles, std::size_t cell,
                std::uint8_t fill) {
    check(picture, rectangles);
    ColorGrid grid = squares_of(picture, rectangles, cell);
    fill_unknown(grid, fill);
    Picture result{{}, picture.width, picture.height};
    result.bytes.assign(picture.bytes.begin(), picture.bytes.end());
    for (const Rectangle& each : rectangles) {
        paint(result, each, grid, cell);
    }
    return result;
}

}  // namespace twinscore
