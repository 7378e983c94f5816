#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "basis/matrix_view.hpp"

namespace twinscore {

// Sketches are made of cells of four bytes: a float32, two bfloat16 or four int8 side by side.
using Cell = std::uint32_t;
enum class Precision { float32, bfloat16, int8, narrow_int8 };

[[nodiscard]] constexpr std::size_t values_per_cell(Precision precision) {
    if (precision == Precision::float32) return 1;
    return precision == Precision::bfloat16 ? 2 : 4;
}

// Cells of a sketch before its values. Of either int8: what one step of them is worth, as a
// float32. Of int8 also -int8_offset times their sum, as an int32, which products with one side
// offset start from.
[[nodiscard]] constexpr std::size_t leading_cells(Precision precision) {
    if (precision == Precision::narrow_int8) return 1;
    return precision == Precision::int8 ? 2 : 0;
}
inline constexpr int int8_offset = 128;

// Narrow int8 is for instructions that multiply unsigned by signed bytes and add pairs of products,
// then sums of them, in 16 bits. Its values are at most narrow_most and lie in blocks of
// narrow_block cells, each led by one cell more. Panels hold values plus narrow_offset, so that a
// pair of products is at most 2 (narrow_offset + narrow_most) narrow_most = 32,400 < 2^15. What the
// offset adds to a sum over a block is taken off in the leading cell of the rows: -narrow_offset
// times the sum of the first two, and of the last two, values of the block's cells, as two int16.
// These and the sums may wrap on the way: modulo 2^16 a sum ends at the product of the halves of
// two blocks, which does not leave an int16, because no half of a block is longer than
// narrow_length (Cauchy-Schwarz: narrow_length^2 < 2^15).
inline constexpr int narrow_most = 90;
inline constexpr int narrow_offset = narrow_most;
inline constexpr std::size_t narrow_block = 16;
inline constexpr double narrow_length = 181.0;
static_assert(2 * (narrow_offset + narrow_most) * narrow_most < 1 << 15);
static_assert(narrow_length * narrow_length < 1 << 15);

// Products of as many int8 of at most 127 do not leave an int32.
inline constexpr std::size_t most_int8_values = std::size_t{1} << 17;

// Panels hold this many rows, transposed: the first cell of every row, then the second, ...
inline constexpr std::size_t panel_rows = 64;

// Partial sums of the float64 distance. The order of summation is part of the contract: results
// carry the same bits on every instruction set.
inline constexpr std::size_t distance_lanes = 32;

// Most rows any kernel takes at once.
inline constexpr std::size_t most_block_rows = 8;

// The bounds of one side of a block of pairs; see sketch.hpp.
struct SideBounds {
    const float* base;
    const float* open;  // base less the reach of the row
};

// Compares sketches of one precision, block by block.
struct ScreenKernel {
    Precision precision;

    // Rows that `screen` takes at once.
    std::size_t block_rows;

    // Bit j of survivors[i]: product of row i and panel row j >= min(row.open[i] + panel.base[j],
    // row.base[i] + panel.open[j]). The products go to products[i * panel_rows + j], unless null.
    void (*screen)(const Cell* rows, std::size_t row_cells, const Cell* panel, std::size_t cells,
                   SideBounds row, SideBounds of_panel, std::uint64_t* survivors, float* products);

    // Product of two rows of cells; null where rows are compared with panels alone.
    float (*product)(const Cell* a, const Cell* b, std::size_t cells);
};

// One instruction set's share of the work; everything above it is plain C++.
struct Kernel {
    std::string_view name;
    ScreenKernel fine;
    const ScreenKernel* coarse;  // faster, its sketches less precise; null where there is none

    // Adds the products of fine.block_rows float32 rows and a panel of float32 rows to `sums`,
    // whose rows lie sums_stride apart.
    void (*add_products)(const float* rows, std::size_t row_stride, const float* panel,
                         std::size_t depth, float* sums, std::size_t sums_stride);

    // Squared distance of two rows in float32: relative error below (depth / 16 + 8) 2^-24.
    std::array<float (*)(const void* a, const void* b, std::size_t depth), 2> rough_distance;

    // Squared distance of two rows in float64, summed in the order of distance_lanes.
    std::array<double (*)(const void* a, const void* b, std::size_t depth), 2> exact_distance;

    // Turns a row into float64.
    std::array<void (*)(const void* row, std::size_t depth, double* target), 2> widen;

    // The exact distance, to the last bit, from a row that was widened before.
    std::array<double (*)(const double* a, const void* b, std::size_t depth), 2> widened_distance;

    // Writes (row - center) * scale, rounded once, and returns the squared norm before rounding.
    std::array<double (*)(const void* row, const double* center, double scale, std::size_t depth,
                          float* target),
               2>
        standardize;
};

[[nodiscard]] constexpr std::size_t index_of(Element element) {
    return element == Element::float32 ? 0 : 1;
}

}  // namespace twinscore
