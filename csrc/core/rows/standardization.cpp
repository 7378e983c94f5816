#include "rows/standardization.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace twinscore {
namespace {

constexpr std::size_t most_sampled_rows = 256;
constexpr std::size_t rows_per_task = 512;

// What fixes the scale is no longer than 1.
constexpr double longest_suited = 0x1p10;

std::vector<double> sampled_mean(const MatrixView& matrix, const Kernel& kernel) {
    const std::vector<double> origin(matrix.columns, 0.0);
    std::vector<double> mean(matrix.columns, 0.0);
    std::vector<float> row(matrix.columns);
    const std::size_t step = matrix.rows / most_sampled_rows + 1;
    std::size_t sampled = 0;
    for (std::size_t i = 0; i < matrix.rows; i += step) {
        const double norm = kernel.standardize[index_of(matrix.element)](
            matrix.row(i), origin.data(), 1.0, matrix.columns, row.data());
        if (!std::isfinite(norm)) continue;
        ++sampled;
        for (std::size_t j = 0; j < matrix.columns; ++j) mean[j] += static_cast<double>(row[j]);
    }
    for (auto& value : mean) value /= static_cast<double>(std::max<std::size_t>(sampled, 1));
    return mean;
}

}  // namespace

Standardization::Standardization(const MatrixView& queries, const MatrixView& reference,
                                 const Kernel& kernel, unsigned threads, Monitor& monitor)
    : kernel_(&kernel), center_(sampled_mean(reference, kernel)) {
    double longest = longest_row(reference, "reference", threads, monitor);
    if (!(queries == reference)) {
        longest = std::max(longest, longest_row(queries, "queries", threads, monitor));
    }
    if (longest > 0.0) scale_ = std::ldexp(1.0, -(std::ilogb(longest) + 1));
}

bool Standardization::moderate() const { return scale_ < 0x1p40 && scale_ > 0x1p-40; }

bool Standardization::suits(const MatrixView& matrix, const char* name, unsigned threads,
                            Monitor& monitor) const {
    return longest_row(matrix, name, threads, monitor) <= longest_suited;
}

double Standardization::longest_row(const MatrixView& matrix, const char* name, unsigned threads,
                                    Monitor& monitor) const {
    const std::size_t tasks = (matrix.rows + rows_per_task - 1) / rows_per_task;
    std::vector<double> longest(tasks, 0.0);
    parallel_for(tasks, threads, 0, monitor, [&](std::size_t task, Progress&) {
        std::vector<float> row(matrix.columns);
        const std::size_t last = std::min(matrix.rows, (task + 1) * rows_per_task);
        for (std::size_t i = task * rows_per_task; i < last; ++i) {
            const double squared_norm = apply(matrix, i, row.data());
            if (!std::isfinite(squared_norm)) {
                throw std::invalid_argument("expected finite values, got NaN or infinity in row " +
                                            std::to_string(matrix.row_in_data(i)) + " of " + name);
            }
            longest[task] = std::max(longest[task], std::sqrt(squared_norm));
        }
    });
    return longest.empty() ? 0.0 : *std::max_element(longest.begin(), longest.end());
}

}  // namespace twinscore
