#include "sketch.hpp"

#include <bit>
#include <cmath>

namespace twinscore {
namespace {

// Room for rounding in the float64 figures themselves, which have far smaller errors.
constexpr double slack = 1.0 + 1e-9;

std::uint32_t to_bfloat16(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    return (bits + 0x7FFFU + ((bits >> 16U) & 1U)) >> 16U;
}

float from_bfloat16(std::uint32_t bits) { return std::bit_cast<float>(bits << 16U); }

// The smallest value of the precision that is not below.
float rounded_up(double value, Precision precision) {
    auto rounded = static_cast<float>(value);
    if (static_cast<double>(rounded) < value) rounded = std::nextafter(rounded, 8.0F);
    if (precision == Precision::float32) return rounded;
    const auto bits = std::bit_cast<std::uint32_t>(rounded);
    return std::bit_cast<float>((bits + 0xFFFFU) & 0xFFFF0000U);
}

}  // namespace

float yielding(double bound) {
    return static_cast<float>(bound - 4.0 * float_unit * std::abs(bound));
}

Sketches::Sketches(const Kernel& kernel, const SketchSource& source, std::size_t rows)
    : kernel_(&kernel), source_(source) {
    const std::size_t values = source.width + (source.rotated ? 1 : 0);
    const std::size_t per_cell = values_per_cell(kernel.precision);
    cells_ = (values + per_cell - 1) / per_cell;
    // Kernels read whole blocks of rows: those beyond the last are zero.
    values_.resize((rows + most_block_rows) * cells_);
    measured_.resize(rows);
}

void Sketches::encode(std::size_t row, const float* vector, double squared_norm) {
    Cell* target = values_.data() + row * cells_;
    double squared_sketch = 0.0;
    double squared_rounding = 0.0;
    const auto note = [&](float given, float kept) {
        squared_sketch += static_cast<double>(kept) * static_cast<double>(kept);
        const double difference = static_cast<double>(given) - static_cast<double>(kept);
        squared_rounding += difference * difference;
    };
    const bool halves = kernel_->precision == Precision::bfloat16;
    if (halves) {
        for (std::size_t i = 0; i < source_.width; ++i) {
            const std::uint32_t half = to_bfloat16(vector[i]);
            target[i / 2] |= half << (i % 2 * 16);
            note(vector[i], from_bfloat16(half));
        }
    } else {
        for (std::size_t i = 0; i < source_.width; ++i) {
            target[i] = std::bit_cast<Cell>(vector[i]);
            note(vector[i], vector[i]);
        }
    }
    const double norm = std::sqrt(squared_norm);
    const double flushed = std::sqrt(static_cast<double>(source_.width)) * 0x1p-125;
    const double error =
        (std::sqrt(squared_rounding) + source_.arithmetic_error * norm) * slack + flushed;
    const double reach = std::sqrt(squared_sketch) * slack + error;

    if (source_.rotated) {
        // |Qx|^2 >= |Px|^2 / (1 + t), and |Px| >= |a| - e.
        const double within = std::max(0.0, std::sqrt(squared_sketch) / slack - error);
        const double rest = std::sqrt(
            std::max(0.0, squared_norm * slack - within * within / (1.0 + source_.axes_deviation)));
        const float residual = rounded_up(rest + flushed, kernel_->precision);
        const auto bits = std::bit_cast<std::uint32_t>(residual);
        if (halves) {
            target[source_.width / 2] |= (bits >> 16U) << (source_.width % 2 * 16);
        } else {
            target[source_.width] = bits;
        }
        squared_sketch += static_cast<double>(residual) * static_cast<double>(residual);
    }
    measured_[row] = {squared_norm, squared_sketch, error, reach};
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
