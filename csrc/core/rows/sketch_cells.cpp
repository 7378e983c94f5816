#include "rows/sketch_cells.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "rows/side_by_side.hpp"

namespace twinscore {
namespace {

// Room for rounding in the float64 figures themselves, which have far smaller errors.
constexpr double slack = 1.0 + 1e-9;

std::uint32_t to_bfloat16(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    return (bits + 0x7FFFU + ((bits >> 16U) & 1U)) >> 16U;
}

float from_bfloat16(std::uint32_t bits) { return std::bit_cast<float>(bits << 16U); }

// The smallest float32 that is not below.
float rounded_up(double value) {
    const auto rounded = static_cast<float>(value);
    return static_cast<double>(rounded) < value ? std::nextafter(rounded, 8.0F) : rounded;
}

// Of values far below 2^22; adding what leaves no room for a fraction rounds it away.
float nearest_whole(float value) {
    constexpr float large = 0x1.8p23F;
    return (value + large) - large;
}

// Values of a block of narrow int8.
constexpr std::size_t narrow_values = 4 * narrow_block;
static_assert(narrow_values % side_by_side == 0);

double squared(double value) { return value * value; }
double squared(float value) { return squared(static_cast<double>(value)); }

}  // namespace

std::size_t SketchCells::count() const {
    const std::size_t per_cell = values_per_cell(precision);
    const std::size_t of_residual = !with_residual ? 0 : per_cell == 4 ? 4 : 1;
    const std::size_t of_values = (width + of_residual + per_cell - 1) / per_cell;
    const std::size_t leading =
        precision == Precision::narrow_int8 ? (of_values + narrow_block - 1) / narrow_block : 0;
    return leading_cells(precision) + leading + of_values;
}

SketchCells::Kept SketchCells::write(Cell* target, const float* vector, double residual) const {
    switch (precision) {
        case Precision::float32:
            return write_float32(target, vector, residual);
        case Precision::bfloat16:
            return write_bfloat16(target, vector, residual);
        case Precision::int8:
            return write_int8(target, vector, residual);
        case Precision::narrow_int8:
            return write_narrow_int8(target, vector, residual);
    }
    return {};
}

SketchCells::Kept SketchCells::write_float32(Cell* target, const float* vector,
                                             double residual) const {
    std::memcpy(target, vector, width * sizeof(Cell));
    SquareSums values;
    values.add_all({vector, width});
    Kept kept{.squared_values = values.total()};
    if (with_residual) {
        const float rounded = rounded_up(residual);
        target[width] = std::bit_cast<Cell>(rounded);
        kept.squared_residual = squared(rounded);
    }
    return kept;
}

SketchCells::Kept SketchCells::write_bfloat16(Cell* target, const float* vector,
                                              double residual) const {
    SquareSums values;
    SquareSums rounding;
    const auto write = [&](const float* part, Cell* cells) {
        std::uint32_t halves[side_by_side];
        for (std::size_t i = 0; i < side_by_side; ++i) halves[i] = to_bfloat16(part[i]);
        for (std::size_t i = 0; i < side_by_side / 2; ++i) {
            cells[i] = halves[2 * i] | halves[2 * i + 1] << 16U;
        }
        float rounded[side_by_side];
        for (std::size_t i = 0; i < side_by_side; ++i) rounded[i] = from_bfloat16(halves[i]);
        values.add(rounded);
        for (std::size_t i = 0; i < side_by_side; ++i) rounded[i] -= part[i];  // exact
        rounding.add(rounded);
    };
    const std::size_t whole = width - width % side_by_side;
    for (std::size_t i = 0; i < whole; i += side_by_side) write(vector + i, target + i / 2);
    if (whole < width) {
        float rest[side_by_side] = {};
        Cell cells[side_by_side / 2];
        std::copy(vector + whole, vector + width, rest);
        write(rest, cells);
        std::copy_n(cells, (width - whole + 1) / 2, target + whole / 2);
    }
    Kept kept{values.total(), 0.0, rounding.total()};
    if (with_residual) {
        const auto half = (std::bit_cast<std::uint32_t>(rounded_up(residual)) + 0xFFFFU) >> 16U;
        target[width / 2] |= half << (width % 2 * 16);
        kept.squared_residual = squared(from_bfloat16(half));
    }
    return kept;
}

SketchCells::Kept SketchCells::write_int8(Cell* target, const float* vector,
                                          double residual) const {
    const float largest = largest_magnitude({vector, width});
    // The residual is rounded up: it needs room for one more step.
    const auto most_half = static_cast<float>(residual / 2.0);
    const float step = std::max({largest / 127.0F, most_half / 126.0F, 0x1p-60F});
    const float steps = 1.0F / step;
    // Bytes in memory are the order that the instructions know.
    auto* bytes = reinterpret_cast<unsigned char*>(target + leading_cells(Precision::int8));
    std::int32_t total = 0;
    Kept kept{};
    for (std::size_t i = 0; i < width; ++i) {
        const auto whole = static_cast<std::int32_t>(nearest_whole(vector[i] * steps));
        total += whole;
        bytes[i] = static_cast<unsigned char>(whole);
        const double rounded = static_cast<double>(step) * whole;
        kept.squared_values += squared(rounded);
        kept.squared_rounding += squared(static_cast<double>(vector[i]) - rounded);
    }
    if (with_residual) {
        const auto half = static_cast<std::int32_t>(
            std::ceil(residual / 2.0 / static_cast<double>(step) * slack));
        for (std::size_t i = 0; i < 4; ++i) {
            bytes[width + i] = static_cast<unsigned char>(half);
        }
        total += 4 * half;
        kept.squared_residual = 4.0 * squared(static_cast<double>(step) * half);
    }
    target[0] = std::bit_cast<Cell>(step);
    target[1] = static_cast<Cell>(-int8_offset * total);
    return kept;
}

// The largest of: what makes the largest value narrow_most; what leaves the residual room to be
// rounded up; what keeps each half of a block within narrow_length. Rounding moves a value by 1/2
// at most, and the two values of the residual in a half by 1: sqrt(30 / 4 + 2) < 4.
float SketchCells::narrow_step(const float* vector, float half) const {
    const std::size_t values = width + (with_residual ? 4 : 0);
    double longest = 0.0;  // squared
    for (std::size_t begin = 0; begin < values; begin += narrow_values) {
        const std::size_t first = std::min(width, begin);
        SquareSums squares;
        squares.add_all({vector + first, std::min(width, begin + narrow_values) - first});
        // The residual may share two blocks: each has room for all of it.
        const double of_residual =
            with_residual && begin + narrow_values > width ? 2.0 * squared(half) : 0.0;
        longest = std::max({longest, squares.of_four(0) + squares.of_four(1) + of_residual,
                            squares.of_four(2) + squares.of_four(3) + of_residual});
    }
    const float largest = largest_magnitude({vector, width});
    return std::max({largest / static_cast<float>(narrow_most),
                     half / static_cast<float>(narrow_most - 1),
                     static_cast<float>(std::sqrt(longest) / (narrow_length - 4.0)), 0x1p-60F});
}

SketchCells::Kept SketchCells::write_narrow_int8(Cell* target, const float* vector,
                                                 double residual) const {
    const std::size_t values = width + (with_residual ? 4 : 0);
    const float step = narrow_step(vector, static_cast<float>(residual / 2.0));
    const float steps = 1.0F / step;
    const auto wide_step = static_cast<double>(step);
    const auto half = with_residual
                          ? static_cast<std::int32_t>(std::ceil(residual / 2.0 / wide_step * slack))
                          : 0;
    SquareSums rounded;
    SquareSums rounding;
    target[0] = std::bit_cast<Cell>(step);
    Cell* block = target + leading_cells(Precision::narrow_int8);
    for (std::size_t begin = 0; begin < values; begin += narrow_values, block += narrow_block + 1) {
        const std::size_t count = std::min(width - std::min(width, begin), narrow_values);
        float part[narrow_values] = {};
        std::copy_n(vector + std::min(width, begin), count, part);
        float whole[narrow_values];
        for (std::size_t i = 0; i < narrow_values; ++i) whole[i] = nearest_whole(part[i] * steps);
        double lost[narrow_values];
        for (std::size_t i = 0; i < narrow_values; ++i) {
            lost[i] = static_cast<double>(part[i]) - wide_step * static_cast<double>(whole[i]);
        }
        for (std::size_t i = 0; i < narrow_values; i += side_by_side) {
            rounded.add(whole + i);
            rounding.add(lost + i);
        }
        std::int32_t kept[narrow_values];
        for (std::size_t i = 0; i < narrow_values; ++i) {
            kept[i] = static_cast<std::int32_t>(whole[i]);
        }
        const std::size_t written = std::min(values - begin, narrow_values);
        std::fill(kept + count, kept + written, half);

        std::int32_t sums[4] = {};
        for (std::size_t i = 0; i < narrow_values; i += 4) {
            for (std::size_t place = 0; place < 4; ++place) sums[place] += kept[i + place];
        }
        const auto taken_off = [](std::int32_t sum) {
            return static_cast<Cell>(static_cast<std::uint16_t>(-narrow_offset * sum));
        };
        block[0] = taken_off(sums[0] + sums[1]) | taken_off(sums[2] + sums[3]) << 16U;
        unsigned char bytes[narrow_values];
        for (std::size_t i = 0; i < narrow_values; ++i) {
            bytes[i] = static_cast<unsigned char>(kept[i]);
        }
        std::memcpy(block + 1, bytes, written);
    }
    return {squared(wide_step) * rounded.total(), 4.0 * squared(wide_step * half),
            rounding.total()};
}

}  // namespace twinscore
