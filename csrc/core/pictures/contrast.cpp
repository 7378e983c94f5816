#include "pictures/contrast.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <stdexcept>

#include "pictures/reduction.hpp"

namespace twinscore {
namespace {

// Levels of grey, row after row.
struct Grey {
    std::vector<std::uint8_t> levels;
    std::size_t width;
    std::size_t height;
};

// As Pillow converts to grey: weights of 16 bits, rounded to the nearest level.
std::uint8_t brightness(const std::uint8_t* pixel) {
    const std::uint32_t sum = pixel[0] * 19595U + pixel[1] * 38470U + pixel[2] * 7471U;
    return static_cast<std::uint8_t>((sum + 0x8000U) >> 16);
}

Grey grey_of(const PictureView& picture) {
    Grey grey{{}, picture.width, picture.height};
    grey.levels.resize(picture.width * picture.height);
    for (std::size_t i = 0; i < grey.levels.size(); ++i) {
        grey.levels[i] = brightness(picture.bytes.data() + i * pixel_bytes);
    }
    return grey;
}

struct Sum {
    double levels;
    double squares;
};

Sum sum_within(const Grey& grey, const Rectangle& part) {
    std::uint64_t sum = 0;
    for (std::size_t y = part.top; y < part.bottom; ++y) {
        const auto row = grey.levels.begin() + static_cast<std::ptrdiff_t>(y * grey.width);
        sum = std::accumulate(row + static_cast<std::ptrdiff_t>(part.left),
                              row + static_cast<std::ptrdiff_t>(part.right), sum);
    }
    return {static_cast<double>(sum),
            static_cast<double>((part.right - part.left) * (part.bottom - part.top))};
}

// The squares that edges touch which reach so far beyond a rectangle.
Rectangle squares_around(const Rectangle& part, double beyond, double square, const Grey& grey) {
    const auto first = [&](std::size_t edge) {
        const double from = std::max(static_cast<double>(edge) - beyond, 0.0);
        return static_cast<std::size_t>(std::floor(from / square));
    };
    const auto last = [&](std::size_t edge, std::size_t most) {
        const double until = std::ceil((static_cast<double>(edge) + beyond) / square);
        return std::min(static_cast<std::size_t>(until), most);
    };
    const std::size_t right = last(part.right, grey.width);
    const std::size_t bottom = last(part.bottom, grey.height);
    return {std::min(first(part.left), right), std::min(first(part.top), bottom), right, bottom};
}

double contrast(const Grey& grey, const Rectangle& part, double ring, double square) {
    const auto longer =
        static_cast<double>(std::max(part.right - part.left, part.bottom - part.top));
    const double beyond = std::max(ring * longer, square);
    const Sum inner = sum_within(grey, squares_around(part, 0.0, square, grey));
    const Sum outer = sum_within(grey, squares_around(part, beyond, square, grey));
    const double around = outer.squares - inner.squares;
    if (inner.squares == 0.0 || around <= 0.0) {
        return std::numeric_limits<double>::quiet_NaN();
    }
    return std::abs(inner.levels / inner.squares - (outer.levels - inner.levels) / around);
}

}  // namespace

std::vector<double> contrasts(const PictureView& picture, std::span<const Rectangle> rectangles,
                              const ContrastScale& scale) {
    if (scale.reduced_by == 0) {
        throw std::invalid_argument("expected a factor by which the picture was reduced, got 0");
    }
    const Grey grey =
        scale.cell == 1 ? grey_of(picture) : grey_of(reduced(picture, scale.cell).view());
    const auto square = static_cast<double>(scale.reduced_by * scale.cell);
    std::vector<double> result;
    result.reserve(rectangles.size());
    for (const Rectangle& each : rectangles) {
        result.push_back(contrast(grey, each, scale.ring, square));
    }
    return result;
}

}  // namespace twinscore
