#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace twinscore {

// A bound that the k smallest of at least k values do not exceed, and no other value but those
// equal to the k-th. Found by halving the range: counting the values below its middle is a pass
// without branches, where a partial sort mispredicts at every other value.
[[nodiscard]] inline float kth_smallest(std::span<const float> values, std::size_t k) {
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

}  // namespace twinscore
