#include "rows/sketch.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace twinscore {
namespace {

// Room for rounding in the float64 figures themselves, which have far smaller errors.
constexpr double slack = 1.0 + 1e-9;

// More rows of a power of two columns would drive each other out of a first-level cache.
constexpr std::size_t rows_at_once = 4;
static_assert(panel_rows % rows_at_once == 0);

}  // namespace

float yielding(double bound) {
    return static_cast<float>(bound - 4.0 * float_unit * std::abs(bound));
}

SketchCells cells_of(Precision precision, const SketchSource& source) {
    return {precision, source.width, source.rotated};
}

Sketches::Sketches(const ScreenKernel& kernel, const SketchSource& source, std::size_t rows)
    : kernel_(&kernel),
      source_(source),
      layout_(cells_of(kernel.precision, source)),
      cells_(layout_.count()) {
    // Kernels read whole blocks of rows: those beyond the last are zero.
    values_.resize((rows + most_block_rows) * cells_);
    std::fill(values_.end() - static_cast<std::ptrdiff_t>(most_block_rows * cells_), values_.end(),
              Cell{0});
    measured_.resize(rows);
}

Sketches::Sketches(const ScreenKernel& kernel, const SketchSource& source,
                   const FinishedSketches& finished, std::size_t finished_rows,
                   std::span<const std::uint32_t> chosen)
    : Sketches(kernel, source, chosen.size()) {
    measured_ = {};
    if (finished.values.size() != (finished_rows + most_block_rows) * cells_ ||
        finished.bases.size() != finished_rows + panel_rows ||
        finished.spreads.size() != (source.rotated ? 0 : finished_rows)) {
        throw std::invalid_argument("expected sketches that were made by the same plan");
    }
    bases_.resize(chosen.size() + panel_rows);
    spreads_.resize(source.rotated ? 0 : chosen.size());
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        const std::size_t from = chosen[i];
        std::copy_n(finished.values.data() + from * cells_, cells_, values_.data() + i * cells_);
        bases_[i] = finished.bases[from];
        if (!source.rotated) spreads_[i] = finished.spreads[from];
    }
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
    std::fill_n(target, cells_, Cell{0});
    const SketchCells::Kept kept = layout_.write(target, vector, residual);
    const double error = (std::sqrt(kept.squared_rounding) + arithmetic) * slack + flushed;
    const double reach = std::sqrt(kept.squared_values) * slack + error;
    measured_[row] = {squared_norm, kept.squared_values + kept.squared_residual, error, reach};
}

void Sketches::copy_to(Panels<Cell>& panels, std::size_t place, std::size_t row_index) const {
    panels.set_row(place, row(row_index),
                   [this](Cell cell, std::size_t index) { return layout_.in_panel(cell, index); });
}

void Sketches::copy_run_to(Panels<Cell>& panels, std::size_t first, std::size_t count) const {
    const auto in_panel = [this](Cell cell, std::size_t index) {
        return layout_.in_panel(cell, index);
    };
    for (std::size_t place = first; place < first + count;) {
        const std::size_t step = rows_at_once - place % rows_at_once;
        const std::size_t run = std::min(step, first + count - place);
        panels.set_run(place, run, row(place), cells_, in_panel);
        place += run;
    }
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
