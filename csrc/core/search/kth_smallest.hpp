#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace twinscore {

// A bound that the k smallest of at least k values do not exceed, and no other value but those
// equal to the k-th. Found by halving the range: counting the values below its middle is a pass
// without branches, where a partial sort mispredicts at every other value.
[[nodiscard]] inline float kth_smallest_by_halving(std::span<const float> values, std::size_t k) {
    float below = values[0];
    float enough = values[0];
    for (const float value : values) {
        below = std::min(below, value);
        enough = std::max(enough, value);
    }
    while (true) {
        const float middle = below + (enough - below) / 2.0F;
        if (!(below < middle && middle < enough)) return enough;
        std::uint32_t count = 0;
        for (const float value : values) count += value <= middle ? 1U : 0U;
        (count < k ? below : enough) = middle;
        if (count == k) return enough;
    }
}

// The same. Of many values, a few tell below which the k smallest are likely to be: only those are
// looked at more than once.
[[nodiscard]] inline float kth_smallest(std::span<const float> values, std::size_t k) {
    constexpr std::size_t many = 512;
    constexpr std::size_t few = 64;
    if (values.size() < many) return kth_smallest_by_halving(values, k);
    const double expected = static_cast<double>(k * few) / static_cast<double>(values.size());
    const auto rank = static_cast<std::size_t>(expected + 3.0 * std::sqrt(expected)) + 2;
    if (rank > few / 2) return kth_smallest_by_halving(values, k);
    float sampled[few];
    for (std::size_t i = 0; i < few; ++i) sampled[i] = values[i * values.size() / few];
    const float likely = kth_smallest_by_halving(sampled, rank);
    thread_local std::vector<float> within;
    within.resize(values.size());
    std::size_t count = 0;
    for (const float value : values) {
        within[count] = value;
        count += value <= likely ? 1U : 0U;
    }
    if (count < k) return kth_smallest_by_halving(values, k);
    return kth_smallest_by_halving(std::span(within).first(count), k);
}

}  // namespace twinscore
