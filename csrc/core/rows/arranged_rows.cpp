#include "rows/arranged_rows.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace twinscore {
namespace {

constexpr std::size_t ordering_columns = 16;
constexpr std::size_t rows_per_task = 96;

// Standardized rows of a run of positions, and their squared norms.
struct Block {
    FloatMatrix vectors;
    std::vector<double> squared_norms;
};

template <class RowAt>
Block standardized_block(const MatrixView& matrix, const Standardization& standardization,
                         std::size_t first, std::size_t count, RowAt row_at) {
    Block block{FloatMatrix(count, matrix.columns), std::vector<double>(count)};
    for (std::size_t i = 0; i < count; ++i) {
        block.squared_norms[i] =
            standardization.apply(matrix, row_at(first + i), block.vectors.row(i));
    }
    return block;
}

FloatMatrix leading_rows(const FloatMatrix& matrix, std::size_t count) {
    FloatMatrix leading(std::min(count, matrix.rows), matrix.columns);
    std::copy_n(matrix.values.begin(), leading.rows * leading.stride, leading.values.begin());
    return leading;
}

}  // namespace

ArrangedRows::ArrangedRows(const MatrixView& matrix, const SketchPlan& plan, const Kernel& kernel,
                           const Standardization& standardization, std::size_t tile_rows,
                           bool panels_wanted, unsigned threads, Monitor& monitor)
    : matrix_(matrix), tile_rows_(tile_rows) {
    find_order(plan, kernel, standardization, threads, monitor);
    sketch(plan, kernel, standardization, panels_wanted, threads, monitor);
}

ArrangedRows::ArrangedRows(const MatrixView& matrix, const SketchPlan& plan, const Kernel& kernel,
                           const ArrangedParts& parts, std::size_t first_row)
    : matrix_(matrix), tile_rows_(parts.tile_rows) {
    std::vector<std::uint32_t> positions;
    positions.reserve(matrix.rows);
    for (std::uint32_t i = 0; i < parts.order.size(); ++i) {
        const std::size_t row = parts.order[i];
        if (row < first_row || row - first_row >= matrix.rows) continue;
        positions.push_back(i);
        order_.push_back(static_cast<std::uint32_t>(row - first_row));
    }
    if (tile_rows_ == 0 || tile_rows_ % panel_rows != 0 || order_.size() != matrix.rows) {
        throw std::invalid_argument("expected a run of the rows that were arranged");
    }
    find_tile_centers(parts, positions);
    const auto chosen = [&](const ScreenKernel& screen, std::size_t width, bool rotated,
                            const FinishedSketches& finished) {
        return Sketches(screen, {width, rotated, 0.0, 0.0}, finished, parts.order.size(),
                        positions);
    };
    prefix_ =
        chosen(plan.prefix_kernel(kernel), plan.prefix_width, plan.axes.has_value(), parts.prefix);
    if (plan.wide_width > 0) {
        wide_ = chosen(plan.wide_kernel(kernel), plan.wide_width, plan.wide_rotated(), parts.wide);
    }
    panels_ = Panels<Cell>(rows(), prefix_.cells());
    prefix_.copy_run_to(panels_, 0, rows());
}

void ArrangedRows::find_tile_centers(const ArrangedParts& parts,
                                     std::span<const std::uint32_t> positions) {
    const std::size_t tiles_before = (parts.order.size() + tile_rows_ - 1) / tile_rows_;
    if (tiles_before == 0) return;
    const std::size_t columns = parts.tile_centers.size() / tiles_before;
    if (columns * tiles_before != parts.tile_centers.size()) {
        throw std::invalid_argument("expected a center for each tile");
    }
    tile_centers_.columns = columns;
    tile_centers_.values.resize(tiles() * columns);
    for (std::size_t i = 0; i < positions.size(); ++i) {
        const std::size_t tile = i / tile_rows_;
        const auto count = static_cast<float>(tile_end(tile) - tile_begin(tile));
        const float* before = parts.tile_centers.data() + positions[i] / tile_rows_ * columns;
        float* center = tile_centers_.values.data() + tile * columns;
        for (std::size_t c = 0; c < columns; ++c) center[c] += before[c] / count;
    }
}

void ArrangedRows::finish(const SketchRatios& ratios) {
    prefix_.finish(ratios.prefix);
    if (has_wide()) wide_.finish(ratios.wide);
}

void ArrangedRows::find_order(const SketchPlan& plan, const Kernel& kernel,
                              const Standardization& standardization, unsigned threads,
                              Monitor& monitor) {
    Coordinates coordinates;
    if (plan.axes && matrix_.rows > tile_rows_) {
        const RightFactor factor(leading_rows(plan.axes->axes, ordering_columns));
        coordinates.columns = std::min(ordering_columns, plan.axes->axes.rows);
        coordinates.values.resize(matrix_.rows * coordinates.columns);
        const std::size_t tasks = (matrix_.rows + rows_per_task - 1) / rows_per_task;
        parallel_for(tasks, threads, 0, monitor, [&](std::size_t task, Progress&) {
            const std::size_t first = task * rows_per_task;
            const std::size_t count = std::min(rows_per_task, matrix_.rows - first);
            const Block block = standardized_block(matrix_, standardization, first, count,
                                                   [](std::size_t row) { return row; });
            FloatMatrix places(count, coordinates.columns);
            factor.multiply(block.vectors, coordinates.columns, kernel, places);
            for (std::size_t i = 0; i < count; ++i) {
                std::copy_n(places.row(i), coordinates.columns,
                            coordinates.values.data() + (first + i) * coordinates.columns);
            }
        });
    }
    order_ = order_by_place(coordinates, matrix_.rows, tile_rows_);

    tile_centers_.columns = coordinates.columns;
    tile_centers_.values.resize(tiles() * coordinates.columns);
    for (std::size_t tile = 0; tile < tiles(); ++tile) {
        float* center = tile_centers_.values.data() + tile * coordinates.columns;
        for (std::size_t i = tile_begin(tile); i < tile_end(tile); ++i) {
            const float* place = coordinates.row(order_[i]);
            for (std::size_t c = 0; c < coordinates.columns; ++c) center[c] += place[c];
        }
        const auto count = static_cast<float>(tile_end(tile) - tile_begin(tile));
        for (std::size_t c = 0; c < coordinates.columns; ++c) center[c] /= count;
    }
}

void ArrangedRows::sketch(const SketchPlan& plan, const Kernel& kernel,
                          const Standardization& standardization, bool panels_wanted,
                          unsigned threads, Monitor& monitor) {
    const bool rotated = plan.axes.has_value();
    RightFactor factor;
    SketchSource source{plan.prefix_width, rotated, 0.0, float_unit};
    if (rotated) {
        factor = RightFactor(plan.axes->axes);
        source.axes_deviation = plan.axes->deviation;
        // Lengths of error vectors: each of the w products has the factor's error.
        source.arithmetic_error =
            (factor.relative_error() * std::sqrt(static_cast<double>(plan.rotated_width())) +
             2.0 * float_unit) *
            (1.0 + plan.axes->deviation);
    }
    if (plan.wide_width > 0) {
        SketchSource wide = source;
        if (!plan.wide_rotated()) wide = {0, false, 0.0, float_unit};
        wide.width = plan.wide_width;
        wide_ = Sketches(plan.wide_kernel(kernel), wide, matrix_.rows);
    }
    prefix_ = Sketches(plan.prefix_kernel(kernel), source, matrix_.rows);
    if (panels_wanted) panels_ = Panels<Cell>(matrix_.rows, prefix_.cells());

    const std::size_t tasks = (matrix_.rows + rows_per_task - 1) / rows_per_task;
    parallel_for(tasks, threads, 0, monitor, [&](std::size_t task, Progress&) {
        const std::size_t first = task * rows_per_task;
        const std::size_t count = std::min(rows_per_task, matrix_.rows - first);
        const Block block =
            standardized_block(matrix_, standardization, first, count,
                               [this](std::size_t position) { return order_[position]; });
        FloatMatrix rotated_rows;
        if (rotated) {
            rotated_rows = FloatMatrix(count, plan.axes->axes.rows);
            factor.multiply(block.vectors, plan.rotated_width(), kernel, rotated_rows);
        }
        const FloatMatrix& vectors = rotated ? rotated_rows : block.vectors;
        const FloatMatrix& wide_vectors = plan.wide_coarse ? block.vectors : vectors;
        for (std::size_t i = 0; i < count; ++i) {
            prefix_.encode(first + i, vectors.row(i), block.squared_norms[i]);
            if (has_wide()) wide_.encode(first + i, wide_vectors.row(i), block.squared_norms[i]);
        }
        if (panels_wanted) prefix_.copy_run_to(panels_, first, count);
    });
}

double ArrangedRows::tile_distance(std::size_t tile, const ArrangedRows& other,
                                   std::size_t other_tile) const {
    const float* a = tile_centers_.row(tile);
    const float* b = other.tile_centers_.row(other_tile);
    const std::size_t columns = std::min(tile_centers_.columns, other.tile_centers_.columns);
    double sum = 0.0;
    for (std::size_t i = 0; i < columns; ++i) {
        const double difference = static_cast<double>(a[i]) - static_cast<double>(b[i]);
        sum += difference * difference;
    }
    return sum;
}

}  // namespace twinscore
