#include <algorithm>
#include <cmath>
#include <functional>
#include <random>

#include "expect.hpp"
#include "integer_sketches.hpp"
#include "rows/sketch_cells.hpp"

using namespace twinscore;
using twinscore::testing::bytes_of;
using twinscore::testing::expect;
using twinscore::testing::leads_block;
using twinscore::testing::whole_numbers;

namespace {

constexpr std::size_t widest = 200;

// Vectors that fill blocks to the brim, in parallel and against each other, and vectors that do
// not.
std::vector<std::function<float(std::size_t, std::mt19937&)>> shapes() {
    const auto sign = [](std::mt19937& random) { return random() % 2 == 0 ? 1.0F : -1.0F; };
    return {
        [](std::size_t, std::mt19937&) { return 1.0F; },
        [](std::size_t, std::mt19937&) { return -1.0F; },
        [](std::size_t i, std::mt19937&) { return i % 4 < 2 ? 1.0F : 0.0F; },
        [](std::size_t i, std::mt19937&) { return i / 64 == 0 && i % 4 > 1 ? -1.0F : 0.0F; },
        [](std::size_t i, std::mt19937&) { return i % 17 == 0 ? 1.0F : 0.0F; },
        [](std::size_t i, std::mt19937&) { return i == 0 ? 1.0F : 0.0F; },
        [sign](std::size_t, std::mt19937& random) { return sign(random); },
        [](std::size_t, std::mt19937& random) {
            return static_cast<float>(random() % 1000) / 1000.0F;
        },
        // As far from a whole number of steps as can be, all in the direction that lengthens.
        [](std::size_t i, std::mt19937&) { return i % 2 == 0 ? 0.75F : 0.752F; },
        [](std::size_t, std::mt19937& random) {
            return std::ldexp(1.0F, -static_cast<int>(random() % 40));
        },
    };
}

struct Encoded {
    std::vector<float> vector;
    double residual;
    std::vector<Cell> cells;
    SketchCells::Kept kept;
};

// One sketch of each shape, with residuals from nothing to most of all there is.
std::vector<Encoded> encode_shapes(const SketchCells& layout) {
    std::mt19937 random(11);
    std::vector<Encoded> all;
    for (const auto& shape : shapes()) {
        Encoded made{std::vector<float>(layout.width), 0.0, std::vector<Cell>(layout.count()), {}};
        for (std::size_t i = 0; i < layout.width; ++i) made.vector[i] = shape(i, random) / 16.0F;
        if (layout.with_residual) made.residual = 0.1 * static_cast<double>(all.size());
        made.kept = layout.write(made.cells.data(), made.vector.data(), made.residual);
        all.push_back(std::move(made));
    }
    return all;
}

template <class Check>
void for_every_layout(Precision precision, const Check& check) {
    for (std::size_t width = 1; width <= widest; ++width) {
        for (const bool with_residual : {false, true}) {
            check(SketchCells{precision, width, with_residual});
        }
    }
}

float value_of(const SketchCells& layout, const Encoded& sketch, std::size_t index) {
    const auto& cells = sketch.cells;
    switch (layout.precision) {
        case Precision::float32:
            return std::bit_cast<float>(cells[index]);
        case Precision::bfloat16:
            return std::bit_cast<float>(cells[index / 2] >> (index % 2 * 16) << 16U);
        default:
            return static_cast<float>(whole_numbers(layout, cells.data())[index]);
    }
}

void what_rounding_takes_is_measured_and_the_residual_is_not_rounded_down() {
    for (const Precision precision :
         {Precision::float32, Precision::bfloat16, Precision::int8, Precision::narrow_int8}) {
        const bool whole = values_per_cell(precision) == 4;
        for_every_layout(precision, [&](const SketchCells& layout) {
            if (layout.width % 7 != 1 && layout.width > 9) return;
            for (const Encoded& sketch : encode_shapes(layout)) {
                const long double step = whole ? std::bit_cast<float>(sketch.cells[0]) : 1.0F;
                long double values = 0.0L;
                long double rounding = 0.0L;
                for (std::size_t i = 0; i < layout.width; ++i) {
                    const long double value = step * value_of(layout, sketch, i);
                    values += value * value;
                    rounding += (value - sketch.vector[i]) * (value - sketch.vector[i]);
                }
                const auto close = [](double found, long double expected) {
                    return std::abs(found - expected) <= 1e-12L * expected;
                };
                expect(close(sketch.kept.squared_values, values), "the length is what is kept");
                expect(close(sketch.kept.squared_rounding, rounding),
                       "the error is measured in float64");
                if (!layout.with_residual) continue;
                long double residual = 0.0L;
                for (std::size_t i = 0; i < (whole ? 4 : 1); ++i) {
                    const long double value = step * value_of(layout, sketch, layout.width + i);
                    residual += value * value;
                }
                expect(close(sketch.kept.squared_residual, residual), "as it is kept");
                expect(residual >= static_cast<long double>(sketch.residual) * sketch.residual,
                       "a residual is never rounded down");
            }
        });
    }
}

void whole_numbers_and_halves_of_blocks_stay_within_their_bounds() {
    double longest = 0.0;
    for_every_layout(Precision::narrow_int8, [&](const SketchCells& layout) {
        for (const Encoded& sketch : encode_shapes(layout)) {
            const auto whole = whole_numbers(layout, sketch.cells.data());
            for (std::size_t begin = 0; begin < whole.size(); begin += 4 * narrow_block) {
                double halves[2] = {};
                for (std::size_t i = begin; i < std::min(whole.size(), begin + 64); ++i) {
                    expect(std::abs(whole[i]) <= narrow_most, "no value is too large");
                    halves[i / 2 % 2] += static_cast<double>(whole[i] * whole[i]);
                }
                longest = std::max({longest, halves[0], halves[1]});
            }
        }
    });
    expect(longest <= narrow_length * narrow_length, "no half of a block is too long");
    expect(longest > 170.0 * 170.0, "and some come close");
}

std::int16_t saturated(std::int64_t value) {
    return static_cast<std::int16_t>(std::clamp<std::int64_t>(value, -32768, 32767));
}
std::int16_t wrapped(std::int64_t value) { return static_cast<std::int16_t>(value); }

// What `vpmaddubsw`, `vpaddw` and `vpmaddwd` do, saturating and wrapping as they do.
std::int64_t sum_in_16_bits(const SketchCells& layout, const Cell* row, const Cell* of_panel) {
    std::int64_t total = 0;
    std::int16_t halves[2] = {};
    for (std::size_t i = 1; i < layout.count(); ++i) {
        if (leads_block(layout.precision, i)) {
            total += halves[0] + halves[1];
            halves[0] = static_cast<std::int16_t>(row[i] & 0xFFFFU);
            halves[1] = static_cast<std::int16_t>(row[i] >> 16U);
            continue;
        }
        const auto of_row = bytes_of(row[i]);
        const auto panel = bytes_of(layout.in_panel(of_panel[i], i));
        for (std::size_t half = 0; half < 2; ++half) {
            std::int64_t pair = 0;
            for (std::size_t j = 2 * half; j < 2 * half + 2; ++j)
                pair += (panel[j] & 0xFF) * of_row[j];
            halves[half] = wrapped(halves[half] + saturated(pair));
        }
    }
    return total + halves[0] + halves[1];
}

void sums_in_16_bits_lose_nothing_at_any_width() {
    for_every_layout(Precision::narrow_int8, [](const SketchCells& layout) {
        const auto sketches = encode_shapes(layout);
        for (const Encoded& a : sketches) {
            const auto x = whole_numbers(layout, a.cells.data());
            for (const Encoded& b : sketches) {
                const auto y = whole_numbers(layout, b.cells.data());
                expect(sum_in_16_bits(layout, a.cells.data(), b.cells.data()) ==
                           std::inner_product(x.begin(), x.end(), y.begin(), std::int64_t{0}),
                       "no pair saturates, and what wraps comes back");
            }
        }
    });
}

// What `vpdpbusd` does: one side offset to unsigned bytes, sums modulo 2^32 that start from what
// the offset adds.
void sums_of_offset_bytes_lose_nothing_at_any_width() {
    for_every_layout(Precision::int8, [](const SketchCells& layout) {
        const auto sketches = encode_shapes(layout);
        for (const Encoded& a : sketches) {
            const auto x = whole_numbers(layout, a.cells.data());
            for (const Encoded& b : sketches) {
                const auto y = whole_numbers(layout, b.cells.data());
                auto sum = b.cells[1];
                for (std::size_t i = 0; i < x.size(); ++i) {
                    sum += static_cast<Cell>((x[i] + int8_offset) * y[i]);
                }
                expect(static_cast<std::int32_t>(sum) ==
                           std::inner_product(x.begin(), x.end(), y.begin(), std::int64_t{0}),
                       "the start takes off what the offset adds");
            }
        }
    });
}

}  // namespace

int main() {
    what_rounding_takes_is_measured_and_the_residual_is_not_rounded_down();
    whole_numbers_and_halves_of_blocks_stay_within_their_bounds();
    sums_in_16_bits_lose_nothing_at_any_width();
    sums_of_offset_bytes_lose_nothing_at_any_width();
}
