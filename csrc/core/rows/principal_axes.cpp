#include "rows/principal_axes.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <vector>

namespace twinscore {
namespace {

constexpr int iterations = 2;
constexpr double smallest_pivot = 1e-6;  // relative; below it, a direction is rounding noise

FloatMatrix transpose(const FloatMatrix& matrix) {
    FloatMatrix turned(matrix.columns, matrix.rows);
    for (std::size_t i = 0; i < matrix.rows; ++i) {
        for (std::size_t j = 0; j < matrix.columns; ++j) turned.row(j)[i] = matrix.row(i)[j];
    }
    return turned;
}

double squared_length(const float* row, std::size_t columns) {
    return std::transform_reduce(row, row + columns, 0.0, std::plus<>(), [](float value) {
        return static_cast<double>(value) * static_cast<double>(value);
    });
}

FloatMatrix longest_first(const FloatMatrix& matrix) {
    std::vector<double> lengths(matrix.rows);
    for (std::size_t i = 0; i < matrix.rows; ++i) {
        lengths[i] = squared_length(matrix.row(i), matrix.columns);
    }
    std::vector<std::size_t> order(matrix.rows);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return lengths[a] > lengths[b]; });
    FloatMatrix sorted(matrix.rows, matrix.columns);
    for (std::size_t i = 0; i < matrix.rows; ++i) {
        std::copy_n(matrix.row(order[i]), matrix.stride, sorted.row(i));
    }
    return sorted;
}

// Cholesky: gram = LL'. Rows that depend on earlier ones are left out.
struct Factor {
    std::vector<std::vector<double>> rows;  // of L, for the rows kept
    std::vector<std::size_t> kept;
};

Factor factorize(const FloatMatrix& gram) {
    const std::size_t n = gram.rows;
    std::vector<std::vector<double>> rest(n);  // lower triangle, less what earlier rows explain
    for (std::size_t i = 0; i < n; ++i) rest[i].assign(gram.row(i), gram.row(i) + i + 1);

    Factor factor;
    std::vector<std::vector<double>> lower(n);
    std::vector<double> column(n);
    for (std::size_t j = 0; j < n; ++j) {
        const double whole = static_cast<double>(gram.row(j)[j]);
        if (whole <= 0.0 || !(rest[j][j] > smallest_pivot * whole)) continue;
        const double pivot = std::sqrt(rest[j][j]);
        lower[j].push_back(pivot);
        factor.kept.push_back(j);
        for (std::size_t i = j + 1; i < n; ++i) {
            column[i] = rest[i][j] / pivot;
            lower[i].push_back(column[i]);
        }
        for (std::size_t i = j + 1; i < n; ++i) {
            double* row = rest[i].data();
            const double weight = column[i];
            for (std::size_t c = j + 1; c <= i; ++c) row[c] -= weight * column[c];
        }
    }
    for (const std::size_t row : factor.kept) factor.rows.push_back(std::move(lower[row]));
    return factor;
}

// Rows that span the same space and are orthonormal up to the rounding of the Gram matrix.
FloatMatrix orthonormalized(const FloatMatrix& rows, const Kernel& kernel, unsigned threads,
                            Monitor& monitor) {
    const FloatMatrix gram = multiply(rows, rows, kernel, threads, monitor);
    const Factor factor = factorize(gram);
    FloatMatrix basis(factor.kept.size(), rows.columns);
    // Forward substitution, a strip of columns at a time.
    constexpr std::size_t strip = 64;
    const std::size_t tasks = (rows.columns + strip - 1) / strip;
    parallel_for(tasks, threads, 0, monitor, [&](std::size_t task, Progress&) {
        const std::size_t first = task * strip;
        const std::size_t width = std::min(strip, rows.columns - first);
        for (std::size_t i = 0; i < basis.rows; ++i) {
            float values[strip] = {};
            std::copy_n(rows.row(factor.kept[i]) + first, width, values);
            for (std::size_t j = 0; j < i; ++j) {
                const auto weight = static_cast<float>(factor.rows[i][j]);
                const float* earlier = basis.row(j) + first;
                for (std::size_t c = 0; c < width; ++c) values[c] -= weight * earlier[c];
            }
            const auto scale = static_cast<float>(1.0 / factor.rows[i][i]);
            for (std::size_t c = 0; c < width; ++c) basis.row(i)[first + c] = values[c] * scale;
        }
    });
    return basis;
}

// The Frobenius norm of PP' - I in float64, which is no smaller than the spectral norm.
double deviation_from_orthonormal(const FloatMatrix& axes, const Kernel& kernel, unsigned threads,
                                  Monitor& monitor) {
    const auto distance = kernel.exact_distance[index_of(Element::float32)];
    std::vector<double> squared_lengths(axes.rows);
    for (std::size_t i = 0; i < axes.rows; ++i) {
        squared_lengths[i] = squared_length(axes.row(i), axes.columns);
    }
    std::vector<double> sums(axes.rows, 0.0);
    parallel_for(axes.rows, threads, 0, monitor, [&](std::size_t i, Progress&) {
        sums[i] = (squared_lengths[i] - 1.0) * (squared_lengths[i] - 1.0);
        for (std::size_t j = 0; j < i; ++j) {
            // <x, y> = (|x|^2 + |y|^2 - |x - y|^2) / 2, to float64 rounding.
            const double apart = distance(axes.row(i), axes.row(j), axes.columns);
            const double product = (squared_lengths[i] + squared_lengths[j] - apart) / 2.0;
            sums[i] += 2.0 * product * product;
        }
    });
    return std::sqrt(std::accumulate(sums.begin(), sums.end(), 0.0)) * (1.0 + 1e-6) + 1e-12;
}

}  // namespace

PrincipalAxes find_principal_axes(const FloatMatrix& sample, std::size_t count,
                                  const Kernel& kernel, unsigned threads, Monitor& monitor) {
    FloatMatrix start(std::min(count, sample.rows), sample.columns);
    for (std::size_t i = 0; i < start.rows; ++i) {
        std::copy_n(sample.row(i * sample.rows / start.rows), sample.stride, start.row(i));
    }
    FloatMatrix axes = orthonormalized(start, kernel, threads, monitor);
    const FloatMatrix columns = transpose(sample);
    for (int i = 0; i < iterations && axes.rows > 0; ++i) {
        const FloatMatrix coordinates = multiply(axes, sample, kernel, threads, monitor);
        const FloatMatrix moved = multiply(coordinates, columns, kernel, threads, monitor);
        axes = orthonormalized(longest_first(moved), kernel, threads, monitor);
    }
    // A second pass removes what rounding of the Gram matrix left.
    axes = orthonormalized(axes, kernel, threads, monitor);
    const double deviation = deviation_from_orthonormal(axes, kernel, threads, monitor);
    return {std::move(axes), deviation};
}

}  // namespace twinscore
