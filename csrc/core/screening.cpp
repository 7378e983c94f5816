#include "screening.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace twinscore {
namespace {

constexpr double float_unit = 0x1p-24;
constexpr double double_unit = 0x1p-53;
constexpr std::size_t rows_sampled_for_center = 1024;
constexpr std::size_t rows_per_task = 1024;

std::vector<double> sampled_mean(const MatrixView& matrix) {
    std::vector<double> mean(matrix.columns, 0.0);
    const std::size_t step = std::max<std::size_t>(1, matrix.rows / rows_sampled_for_center);
    std::size_t sampled = 0;
    for (std::size_t i = 0; i < matrix.rows; i += step, ++sampled) {
        const float* row = matrix.row(i);
        for (std::size_t j = 0; j < matrix.columns; ++j) mean[j] += static_cast<double>(row[j]);
    }
    for (auto& value : mean) value /= static_cast<double>(sampled);
    return mean;
}

// Rounds down by more than the conversion and one later addition can round up.
float yielding(double bound) {
    return static_cast<float>(bound - 4.0 * float_unit * std::abs(bound));
}

}  // namespace

Screening::Screening(const MatrixView& queries, const MatrixView& reference, unsigned threads,
                     Monitor& monitor)
    : depth_(reference.columns), center_(sampled_mean(reference)) {
    const auto depth = static_cast<double>(depth_);
    product_error_ = (depth + 16.0) * float_unit;
    underflow_ = (depth + 3.0) * 0x1p-125;
    threshold_excess_ = (depth + 64.0) * 2.0 * double_unit;

    double largest = largest_norm(reference, threads, monitor);
    if (queries.data != reference.data) {
        largest = std::max(largest, largest_norm(queries, threads, monitor));
    }
    if (largest > 0.0) scale_ = std::ldexp(1.0, -(std::ilogb(largest) + 1));
    largest_residual_ = float_unit * (1.0 + 0x1p-20) + std::sqrt(depth) * 0x1p-126;
}

double Screening::largest_norm(const MatrixView& matrix, unsigned threads,
                               Monitor& monitor) const {
    const std::size_t tasks = (matrix.rows + rows_per_task - 1) / rows_per_task;
    std::vector<double> largest(tasks, 0.0);
    parallel_for(tasks, threads, 0, monitor, [&](std::size_t task, Progress&) {
        const std::size_t last = std::min(matrix.rows, (task + 1) * rows_per_task);
        for (std::size_t i = task * rows_per_task; i < last; ++i) {
            const float* row = matrix.row(i);
            double sum = 0.0;
            for (std::size_t j = 0; j < depth_; ++j) {
                const double value = static_cast<double>(row[j]) - center_[j];
                sum += value * value;
            }
            largest[task] = std::max(largest[task], std::sqrt(sum));
        }
    });
    return largest.empty() ? 0.0 : *std::max_element(largest.begin(), largest.end());
}

Screening::RowFacts Screening::transform(const float* row, float* target,
                                         std::size_t stride) const {
    double squared_norm = 0.0;
    for (std::size_t j = 0; j < depth_; ++j) {
        const auto value =
            static_cast<float>((static_cast<double>(row[j]) - center_[j]) * scale_);
        target[j * stride] = value;
        squared_norm += static_cast<double>(value) * static_cast<double>(value);
    }
    const double residual = float_unit * (1.0 + 0x1p-20) * std::sqrt(squared_norm) +
                            std::sqrt(static_cast<double>(depth_)) * 0x1p-126;
    return {squared_norm, residual};
}

float Screening::query_bound(const RowFacts& facts, double threshold) const {
    const double reach = scale_ * std::sqrt(threshold * (1.0 + threshold_excess_)) +
                         facts.residual + largest_residual_;
    return yielding(((1.0 - product_error_) * facts.squared_norm - reach * reach) / 2.0 -
                    underflow_);
}

float Screening::reference_bound(const RowFacts& facts) const {
    return yielding((1.0 - product_error_) * facts.squared_norm / 2.0);
}

}  // namespace twinscore
