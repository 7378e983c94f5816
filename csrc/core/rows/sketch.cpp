#include "rows/sketch.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numeric>

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
std::int32_t nearest_whole(float value) {
    constexpr float large = 0x1.8p23F;
    return std::bit_cast<std::int32_t>(value + large) - std::bit_cast<std::int32_t>(large);
}

double squared(double value) { return value * value; }
double squared(float value) { return squared(static_cast<double>(value)); }

constexpr std::size_t side_by_side = 16;

// A sum of squares, made of sums that lie side by side: the compiler finds vectors in those.
class SquareSums {
  public:
    void add(const float* values) {
        for (std::size_t i = 0; i < side_by_side; ++i) sums_[i] += squared(values[i]);
    }
    [[nodiscard]] double total() const { return std::accumulate(sums_.begin(), sums_.end(), 0.0); }

  private:
    std::array<double, side_by_side> sums_{};
};

}  // namespace

float yielding(double bound) {
    return static_cast<float>(bound - 4.0 * float_unit * std::abs(bound));
}

std::size_t sketch_cells(Precision precision, const SketchSource& source) {
    const std::size_t per_cell = values_per_cell(precision);
    const std::size_t of_residual = !source.rotated ? 0 : precision == Precision::int8 ? 4 : 1;
    return leading_cells(precision) + (source.width + of_residual + per_cell - 1) / per_cell;
}

Sketches::Sketches(const ScreenKernel& kernel, const SketchSource& source, std::size_t rows)
    : kernel_(&kernel), source_(source), cells_(sketch_cells(kernel.precision, source)) {
    // Kernels read whole blocks of rows: those beyond the last are zero.
    values_.resize((rows + most_block_rows) * cells_);
    measured_.resize(rows);
}

void Sketches::encode(std::size_t row, const float* vector, double squared_norm) {
    const double norm = std::sqrt(squared_norm);
    const double flushed = std::sqrt(static_cast<double>(source_.width)) * 0x1p-125;
    const double arithmetic = source_.arithmetic_error * norm;
    double residual = 0.0;
    if (source_.rotated) {
        double squared_vector = 0.0;
        for (std::size_t i = 0; i < source_.width; ++i) {
            squared_vector += static_cast<double>(vector[i]) * static_cast<double>(vector[i]);
        }
        // |Qx|^2 >= |Px|^2 / (1 + t), and |Px| is at least what was computed less its error.
        const double within =
            std::max(0.0, std::sqrt(squared_vector) / slack - arithmetic * slack - flushed);
        residual = std::sqrt(std::max(0.0, squared_norm * slack -
                                               within * within / (1.0 + source_.axes_deviation))) +
                   flushed;
    }
    Cell* target = values_.data() + row * cells_;
    Kept kept{};
    switch (kernel_->precision) {
        case Precision::float32:
            kept = write_float32(target, vector, residual);
            break;
        case Precision::bfloat16:
            kept = write_bfloat16(target, vector, residual);
            break;
        case Precision::int8:
            kept = write_int8(target, vector, residual);
            break;
    }
    const double error = (std::sqrt(kept.squared_rounding) + arithmetic) * slack + flushed;
    const double reach = std::sqrt(kept.squared_values) * slack + error;
    measured_[row] = {squared_norm, kept.squared_values + kept.squared_residual, error, reach};
}

Sketches::Kept Sketches::write_float32(Cell* target, const float* vector, double residual) const {
    Kept kept{};
    for (std::size_t i = 0; i < source_.width; ++i) {
        target[i] = std::bit_cast<Cell>(vector[i]);
        kept.squared_values += squared(vector[i]);
    }
    if (source_.rotated) {
        const float rounded = rounded_up(residual);
        target[source_.width] = std::bit_cast<Cell>(rounded);
        kept.squared_residual = squared(rounded);
    }
    return kept;
}

Sketches::Kept Sketches::write_bfloat16(Cell* target, const float* vector, double residual) const {
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
    const std::size_t whole = source_.width - source_.width % side_by_side;
    for (std::size_t i = 0; i < whole; i += side_by_side) write(vector + i, target + i / 2);
    if (whole < source_.width) {
        float rest[side_by_side] = {};
        Cell cells[side_by_side / 2];
        std::copy(vector + whole, vector + source_.width, rest);
        write(rest, cells);
        std::copy_n(cells, (source_.width - whole + 1) / 2, target + whole / 2);
    }
    Kept kept{values.total(), 0.0, rounding.total()};
    if (source_.rotated) {
        const auto half = (std::bit_cast<std::uint32_t>(rounded_up(residual)) + 0xFFFFU) >> 16U;
        target[source_.width / 2] |= half << (source_.width % 2 * 16);
        kept.squared_residual = squared(from_bfloat16(half));
    }
    return kept;
}

Sketches::Kept Sketches::write_int8(Cell* target, const float* vector, double residual) const {
    float largest = 0.0F;
    for (std::size_t i = 0; i < source_.width; ++i) {
        largest = std::max(largest, std::abs(vector[i]));
    }
    // The residual is rounded up: it needs room for one more step.
    const auto most_half = static_cast<float>(residual / 2.0);
    const float step = std::max({largest / 127.0F, most_half / 126.0F, 0x1p-60F});
    const float steps = 1.0F / step;
    // Bytes in memory are the order that the instructions know.
    auto* bytes = reinterpret_cast<unsigned char*>(target + leading_cells(Precision::int8));
    std::int32_t total = 0;
    Kept kept{};
    for (std::size_t i = 0; i < source_.width; ++i) {
        const std::int32_t whole = nearest_whole(vector[i] * steps);
        total += whole;
        bytes[i] = static_cast<unsigned char>(whole);
        const double rounded = static_cast<double>(step) * whole;
        kept.squared_values += squared(rounded);
        kept.squared_rounding += squared(static_cast<double>(vector[i]) - rounded);
    }
    if (source_.rotated) {
        const auto half = static_cast<std::int32_t>(
            std::ceil(residual / 2.0 / static_cast<double>(step) * slack));
        for (std::size_t i = 0; i < 4; ++i) {
            bytes[source_.width + i] = static_cast<unsigned char>(half);
        }
        total += 4 * half;
        kept.squared_residual = 4.0 * squared(static_cast<double>(step) * half);
    }
    target[0] = std::bit_cast<Cell>(step);
    target[1] = static_cast<Cell>(-int8_offset * total);
    return kept;
}

void Sketches::finish(double c) {
    const double width = static_cast<double>(source_.width) + 4.0;
    const double product_error = width * float_unit;
    const double underflow = width * 0x1p-124;
    bases_.resize(measured_.size() + panel_rows);
    if (!source_.rotated) spreads_.resize(measured_.size());
    for (std::size_t i = 0; i < measured_.size(); ++i) {
        const auto& row = measured_[i];
        const double errors = c * row.reach * row.reach + row.error * row.error / c +
                              source_.axes_deviation * row.squared_norm +
                              product_error * row.squared_sketch;
        bases_[i] = yielding((row.squared_norm - errors * slack) / 2.0 - underflow);
        if (source_.rotated) continue;
        const double below = row.squared_norm / 2.0 - static_cast<double>(bases_[i]);
        spreads_[i] = static_cast<float>(2.0 * below * (1.0 + 0x1p-22));
    }
    measured_ = {};
}

double Sketches::total_error() const {
    double total = 0.0;
    for (const auto& row : measured_) total += row.error;
    return total;
}

double Sketches::total_norm() const {
    double total = 0.0;
    for (const auto& row : measured_) total += row.reach;
    return total;
}

}  // namespace twinscore
