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

// Columns side by side that lie between the same two squares.
struct Run {
    std::size_t begin;
    std::size_t end;
    std::size_t first;  // square, counted from the first one that is needed
    std::size_t second;
};

// How columns of a picture lie between squares.
struct Columns {
    std::size_t first_square;
    std::size_t squares;
    std::vector<Run> runs;
    std::vector<float> weights;
};

Columns columns_between(std::size_t left, std::size_t right, std::size_t cell,
                        std::size_t squares) {
    Columns columns{Between(place_of(left, cell), squares).first, 0, {}, {}};
    for (std::size_t x = left; x < right; ++x) {
        const Between place(place_of(x, cell), squares);
        const std::size_t first = place.first - columns.first_square;
        const std::size_t second = place.second - columns.first_square;
        if (columns.runs.empty() || columns.runs.back().first != first) {
            columns.runs.push_back({x - left, x - left, first, second});
        }
        columns.runs.back().end = x - left + 1;
        columns.weights.push_back(place.weight);
        columns.squares = second + 1;
    }
    return columns;
}

void paint(Picture& picture, const Rectangle& part, const ColorGrid& grid, std::size_t cell) {
    const Columns columns = columns_between(part.left, part.right, cell, grid.width);
    std::vector<Color> between(columns.squares);
    std::vector<Color> colors(part.right - part.left);
    for (std::size_t y = part.top; y < part.bottom; ++y) {
        const Between row(place_of(y, cell), grid.height);
        const Color* upper = grid.colors.data() + row.first * grid.width + columns.first_square;
        const Color* lower = grid.colors.data() + row.second * grid.width + columns.first_square;
        for (std::size_t i = 0; i < between.size(); ++i) {
            between[i] = mixed(upper[i], lower[i], row.weight);
        }
        for (const Run& run : columns.runs) {
            const Color first = between[run.first];
            const Color second = between[run.second];
            for (std::size_t i = run.begin; i < run.end; ++i) {
                colors[i] = mixed(first, second, columns.weights[i]);
            }
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
    result.bytes.resize(picture.bytes.size());
    std::ranges::copy(picture.bytes, result.bytes.begin());
    for (const Rectangle& each : rectangles) {
        paint(result, each, grid, cell);
    }
    return result;
}

}  // namespace twinscore
