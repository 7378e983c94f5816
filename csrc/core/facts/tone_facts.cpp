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

// What each level of a channel adds to brightness (Rec. 601), in 65,536ths of a level, rounded as
// image libraries round it.
using Shares = std::array<std::uint32_t, levels>;

constexpr Shares shares_of_levels(std::uint32_t weight, std::uint32_t rounding) {
    Shares shares{};
    for (std::uint32_t level = 0; level < levels; ++level)
        shares[level] = weight * level + rounding;
    return shares;
}

// Brightness in levels of a row of pixels.
void luma_of(const std::uint8_t* pixel, std::vector<std::uint8_t>& luma) {
    static constexpr Shares red = shares_of_levels(19595, 1U << 15U);
    static constexpr Shares green = shares_of_levels(38470, 0);
    static constexpr Shares blue = shares_of_levels(7471, 0);
    for (std::uint8_t& level : luma) {
        level =
            static_cast<std::uint8_t>((red[pixel[0]] + green[pixel[1]] + blue[pixel[2]]) >> 16U);
        pixel += 3;
    }
}

using Counts = std::array<std::uint64_t, levels>;

// What a quarter of the pixels adds up to.
struct Sums {
    std::array<Counts, 3> channels{};
    Counts luma{};
    std::uint64_t strongest = 0;
    std::uint64_t weakest = 0;
    std::uint64_t pixels = 0;

    // Every other pixel of a row.
    void add_row(const std::uint8_t* row, const std::vector<std::uint8_t>& brightness) {
        const std::size_t first = brightness.size() > 1 ? 1 : 0;
        for (std::size_t x = first; x < brightness.size(); x += 2) {
            const std::uint8_t* pixel = row + 3 * x;
            for (std::size_t channel = 0; channel < 3; ++channel) {
                ++channels[channel][pixel[channel]];
            }
            ++luma[brightness[x]];
            strongest += std::max({pixel[0], pixel[1], pixel[2]});
            weakest += std::min({pixel[0], pixel[1], pixel[2]});
            ++pixels;
        }
    }

    [[nodiscard]] double share(std::uint64_t count) const {
        return static_cast<double>(count) / static_cast<double>(pixels);
    }
};

unsigned edges_between(const std::vector<std::uint8_t>& upper,
                       const std::vector<std::uint8_t>& lower) {
    unsigned edges = 0;
    for (std::size_t x = 0; x + 1 < upper.size(); ++x) {
        const int step = std::abs(upper[x + 1] - upper[x]) + std::abs(lower[x] - upper[x]);
        edges += step > edge ? 1 : 0;
    }
    return edges;
}

// Rows are looked at two by two, for edges; tones are counted in the lower ones.
struct Seen {
    Sums sums;
    double edges = 0.0;
};

Seen seen_in(const PixelView& image) {
    Seen seen;
    std::vector<std::uint8_t> upper(image.width);
    std::vector<std::uint8_t> lower(image.width);
    const auto row = [&](std::size_t y) { return image.pixels.data() + 3 * y * image.width; };
    if (image.height == 1) {
        luma_of(row(0), lower);
        seen.sums.add_row(row(0), lower);
        return seen;
    }
    std::uint64_t edges = 0;
    const std::size_t pairs = image.height / 2;
    for (std::size_t pair = 0; pair < pairs; ++pair) {
        luma_of(row(2 * pair), upper);
        luma_of(row(2 * pair + 1), lower);
        edges += edges_between(upper, lower);
        seen.sums.add_row(row(2 * pair + 1), lower);
    }
    const std::size_t places = pairs * (image.width - 1);
    if (places > 0) seen.edges = 100.0 * static_cast<double>(edges) / static_cast<double>(places);
    return seen;
}

}  // namespace

ToneFacts tone_facts(const PixelView& image) {
    static const Histogram light_of = light_of_levels();
    const Seen seen = seen_in(image);
    const Sums& sums = seen.sums;
    std::array<double, 3> light{};
    double blacks = 0.0;
    double whites = 0.0;
    for (std::size_t channel = 0; channel < 3; ++channel) {
        for (std::size_t level = 0; level < levels; ++level) {
            const double share = sums.share(sums.channels[channel][level]);
            light[channel] += share * light_of[level];
            if (level < clipped) blacks += share;
            if (level >= levels - clipped) whites += share;
        }
        light[channel] += least_light;
    }
    double mean = 0.0;
    double entropy = 0.0;
    for (std::size_t level = 0; level < levels; ++level) {
        const double share = sums.share(sums.luma[level]);
        mean += share * static_cast<double>(level);
        if (share > 0.0) entropy -= share * std::log2(share);
    }
    double variance = 0.0;
    for (std::size_t level = 0; level < levels; ++level) {
        const double distance = static_cast<double>(level) - mean;
        variance += sums.share(sums.luma[level]) * distance * distance;
    }
    const double strongest = sums.share(sums.strongest);
    return {
        .brightness = mean,
        .contrast = std::sqrt(variance),
        .blacks = 100.0 * blacks / 3.0,
        .whites = 100.0 * whites / 3.0,
        .saturation = 100.0 * (strongest - sums.share(sums.weakest)) / std::max(strongest, 1.0),
        .warmth = std::log2(light[0] / light[2]),
        .tint = std::log2(light[1]) - 0.5 * std::log2(light[0] * light[2]),
        .entropy = entropy,
        .edges = seen.edges,
    };
}

}  // namespace twinscore
