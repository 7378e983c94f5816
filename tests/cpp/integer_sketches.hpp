#pragma once

// Sketches of either int8, read back and multiplied in plain integers.

#include <bit>
#include <cstdint>
#include <numeric>
#include <vector>

#include "kernels/kernel.hpp"
#include "rows/sketch_cells.hpp"

namespace twinscore::testing {

inline std::vector<std::int64_t> bytes_of(Cell cell) {
    std::vector<std::int64_t> bytes;
    for (unsigned shift = 0; shift < 32; shift += 8) {
        bytes.push_back(static_cast<std::int8_t>(cell >> shift & 0xFFU));
    }
    return bytes;
}

// Whether a cell leads a block of narrow int8.
inline bool leads_block(Precision precision, std::size_t index) {
    return precision == Precision::narrow_int8 && (index - 1) % (narrow_block + 1) == 0;
}

// The whole numbers of a sketch, in order.
inline std::vector<std::int64_t> whole_numbers(const SketchCells& layout, const Cell* cells) {
    std::vector<std::int64_t> whole;
    for (std::size_t i = leading_cells(layout.precision); i < layout.count(); ++i) {
        if (leads_block(layout.precision, i)) continue;
        const auto bytes = bytes_of(cells[i]);
        whole.insert(whole.end(), bytes.begin(), bytes.end());
    }
    return whole;
}

// The product of two sketches as every kernel must round it.
inline float product_in_integers(const SketchCells& layout, const Cell* a, const Cell* b) {
    const auto x = whole_numbers(layout, a);
    const auto y = whole_numbers(layout, b);
    const auto sum = std::inner_product(x.begin(), x.end(), y.begin(), std::int64_t{0});
    return static_cast<float>(static_cast<std::int32_t>(sum)) *
           (std::bit_cast<float>(*a) * std::bit_cast<float>(*b));
}

}  // namespace twinscore::testing
