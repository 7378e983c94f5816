#include "facts/tone_facts.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <vector>

namespace twinscore {
namespace {

constexpr std::size_t levels = 256;
// Levels at either end that count as clipped: a lossy file moves them that far.
constexpr std::size_t clipped = 4;
// Step in levels, right and down together, from which a pixel lies on an edge.
constexpr int edge = 40;
// Added to light before its ratios are taken: black has no colour.
constexpr double least_light = 1e-4;

using Histogram = std::array<double, levels>;

// Light of each level of sRGB (IEC 61966-2-1), 0..1.
Histogram light_of_levels() {
    Histogram light{};
    for (std::size_t level = 0; level < levels; ++level) {
        const double encoded = static_cast<double>(level) / 255.0;
        light[level] =
            encoded <= 0.04045 ? encoded / 12.92 : std::pow((encoded + 0.055) / 1.055, 2.4);
    }
    return light;
}

// Brightness in levels (Rec. 601), rounded as image libraries round it.
std::uint8_t luma_of(const std::uint8_t* pixel) {
    constexpr unsigned red = 19595;
    constexpr unsigned green = 38470;
    constexpr unsigned blue = 7471;
    return static_cast<std::uint8_t>(
        (red * pixel[0] + green * pixel[1] + blue * pixel[2] + (1U << 15U)) >> 16U);
}

// What a quarter of the pixels adds up to.
struct Sums {
    std::array<Histogram, 3> channels{};
    Histogram luma{};
    double strongest = 0.0;
    double weakest = 0.0;
    double pixels = 0.0;
};

Sums sums_of(const PixelView& image) {
    Sums sums;
    std::uint64_t strongest = 0;
    std::uint64_t weakest = 0;
    const std::size_t first_row = image.height > 1 ? 1 : 0;
    const std::size_t first_column = image.width > 1 ? 1 : 0;
    for (std::size_t y = first_row; y < image.height; y += 2) {
        for (std::size_t x = first_column; x < image.width; x += 2) {
            const std::uint8_t* pixel = image.pixels.data() + 3 * (y * image.width + x);
            for (std::size_t channel = 0; channel < 3; ++channel) {
                sums.channels[channel][pixel[channel]] += 1.0;
            }
            sums.luma[luma_of(pixel)] += 1.0;
            strongest += std::max({pixel[0], pixel[1], pixel[2]});
            weakest += std::min({pixel[0], pixel[1], pixel[2]});
            sums.pixels += 1.0;
        }
    }
    sums.strongest = static_cast<double>(strongest) / sums.pixels;
    sums.weakest = static_cast<double>(weakest) / sums.pixels;
    return sums;
}

double share_of_edges(const PixelView& image) {
    if (image.height < 2 || image.width < 2) return 0.0;
    std::vector<std::uint8_t> upper(image.width);
    std::vector<std::uint8_t> lower(image.width);
    std::size_t edges = 0;
    const std::size_t pairs = image.height / 2;
    for (std::size_t pair = 0; pair < pairs; ++pair) {
        const std::uint8_t* row = image.pixels.data() + 3 * 2 * pair * image.width;
        for (std::size_t x = 0; x < image.width; ++x) {
            upper[x] = luma_of(row + 3 * x);
            lower[x] = luma_of(row + 3 * (image.width + x));
        }
        for (std::size_t x = 0; x + 1 < image.width; ++x) {
            const int step = std::abs(upper[x + 1] - upper[x]) + std::abs(lower[x] - upper[x]);
            edges += step > edge ? 1 : 0;
        }
    }
    return 100.0 * static_cast<double>(edges) / static_cast<double>(pairs * (image.width - 1));
}

}  // namespace

ToneFacts tone_facts(const PixelView& image) {
    static const Histogram light_of = light_of_levels();
    const Sums sums = sums_of(image);
    std::array<double, 3> light{};
    double blacks = 0.0;
    double whites = 0.0;
    for (std::size_t channel = 0; channel < 3; ++channel) {
        for (std::size_t level = 0; level < levels; ++level) {
            const double share = sums.channels[channel][level] / sums.pixels;
            light[channel] += share * light_of[level];
            if (level < clipped) blacks += share;
            if (level >= levels - clipped) whites += share;
        }
        light[channel] += least_light;
    }
    double mean = 0.0;
    double entropy = 0.0;
    for (std::size_t level = 0; level < levels; ++level) {
        const double share = sums.luma[level] / sums.pixels;
        mean += share * static_cast<double>(level);
        if (share > 0.0) entropy -= share * std::log2(share);
    }
    double variance = 0.0;
    for (std::size_t level = 0; level < levels; ++level) {
        const double distance = static_cast<double>(level) - mean;
        variance += sums.luma[level] / sums.pixels * distance * distance;
    }
    return {
        .brightness = mean,
        .contrast = std::sqrt(variance),
        .blacks = 100.0 * blacks / 3.0,
        .whites = 100.0 * whites / 3.0,
        .saturation = 100.0 * (sums.strongest - sums.weakest) / std::max(sums.strongest, 1.0),
        .warmth = std::log2(light[0] / light[2]),
        .tint = std::log2(light[1]) - 0.5 * std::log2(light[0] * light[2]),
        .entropy = entropy,
        .edges = share_of_edges(image),
    };
}

}  // namespace twinscore
