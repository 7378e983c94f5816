#include "plan.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace twinscore {
namespace {

constexpr std::size_t sampled_reference = 2048;
constexpr std::size_t sampled_queries = 32;
constexpr std::size_t queries_at_once = 8;  // while a reference row is at hand
constexpr std::size_t narrowest_rotated = 128;
constexpr std::size_t most_axes = 512;
constexpr std::size_t most_axes_of_few_pairs = 256;
constexpr double few_pairs = 1e9;
constexpr std::size_t width_step = 32;

// Costs in multiply-adds of bfloat16, of which a screening kernel makes 32 a cycle and more.
constexpr double float_product_cost = 2.0;
constexpr double survivor_cost = 4'000.0;     // of looking at a pair at all
constexpr double wide_product_cost = 8.0;     // for each coordinate
constexpr double rough_distance_cost = 40.0;  // for each column
constexpr double axes_products = 10.0;        // products of sample x axes x columns, all told

// Thresholds are loose at first, so that more pairs survive than the final ones would let through.
constexpr double early_excess = 2.0;

// Some rows of a matrix, standardized.
struct Sample {
    std::vector<std::size_t> rows;
    FloatMatrix vectors;
    std::vector<double> squared_norms;
};

Sample draw(const MatrixView& matrix, std::size_t count, const Standardization& standardization) {
    count = std::min(count, matrix.rows);
    Sample sample{{}, FloatMatrix(count, matrix.columns), {}};
    for (std::size_t i = 0; i < count; ++i) {
        sample.rows.push_back(i * matrix.rows / count);
        sample.squared_norms.push_back(
            standardization.apply(matrix, sample.rows.back(), sample.vectors.row(i)));
    }
    return sample;
}

// The distance of each sampled query to its k-th neighbor, of standardized rows.
std::vector<double> kth_distances(const SearchProblem& problem, const Kernel& kernel,
                                  const Standardization& standardization, const Sample& queries,
                                  unsigned threads, Monitor& monitor) {
    const auto exact = kernel.exact_distance[index_of(problem.reference.element)];
    const auto rough = kernel.rough_distance[index_of(problem.reference.element)];
    const double scale = standardization.scale() * standardization.scale();
    const bool moderate = standardization.moderate();
    std::vector<double> kth(queries.rows.size(), 0.0);
    const std::size_t tasks = (queries.rows.size() + queries_at_once - 1) / queries_at_once;
    parallel_for(tasks, threads, 0, monitor, [&](std::size_t task, Progress& progress) {
        const std::size_t first = task * queries_at_once;
        const std::size_t count = std::min(queries_at_once, queries.rows.size() - first);
        std::vector<std::vector<double>> distances(count);
        for (std::size_t j = 0; j < problem.reference.rows && !progress.stopped(); ++j) {
            const void* other = problem.reference.row(j);
            for (std::size_t q = 0; q < count; ++q) {
                const std::size_t query = queries.rows[first + q];
                if (!problem.eligible(query, j)) continue;
                const void* row = problem.queries.row(query);
                distances[q].push_back(
                    moderate ? static_cast<double>(rough(row, other, problem.reference.columns))
                             : exact(row, other, problem.reference.columns));
            }
        }
        for (std::size_t q = 0; q < count; ++q) {
            if (distances[q].size() < problem.k) continue;
            const auto last = distances[q].begin() + static_cast<std::ptrdiff_t>(problem.k - 1);
            std::nth_element(distances[q].begin(), last, distances[q].end());
            kth[first + q] = *last * scale;
        }
    });
    return kth;
}

// Share of pairs of the samples that screening with each width lets through.
std::vector<double> survivor_shares(const SearchProblem& problem, const Kernel& kernel,
                                    const Sample& queries, const Sample& reference,
                                    const FloatMatrix& query_coordinates,
                                    const FloatMatrix& reference_coordinates,
                                    const std::vector<double>& kth,
                                    const std::vector<std::size_t>& widths) {
    const double rounding = kernel.precision == Precision::bfloat16 ? 0x1p-9 : 0x1p-20;
    std::vector<double> survivors(widths.size(), 0.0);
    double pairs = 0.0;
    for (std::size_t q = 0; q < queries.rows.size(); ++q) {
        for (std::size_t j = 0; j < reference.rows.size(); ++j) {
            if (!problem.eligible(queries.rows[q], reference.rows[j])) continue;
            pairs += 1.0;
            const float* a = query_coordinates.row(q);
            const float* b = reference_coordinates.row(j);
            const double norms = queries.squared_norms[q] + reference.squared_norms[j];
            double apart = 0.0;
            double a_squared = 0.0;
            double b_squared = 0.0;
            std::size_t axis = 0;
            for (std::size_t w = 0; w < widths.size(); ++w) {
                for (; axis < widths[w]; ++axis) {
                    const auto x = static_cast<double>(a[axis]);
                    const auto y = static_cast<double>(b[axis]);
                    apart += (x - y) * (x - y);
                    a_squared += x * x;
                    b_squared += y * y;
                }
                const double rest =
                    std::sqrt(std::max(0.0, queries.squared_norms[q] - a_squared)) -
                    std::sqrt(std::max(0.0, reference.squared_norms[j] - b_squared));
                survivors[w] += apart + rest * rest - rounding * norms <= kth[q];
            }
        }
    }
    for (auto& count : survivors) count /= std::max(pairs, 1.0);
    return survivors;
}

}  // namespace

SearchPlan make_plan(const SearchProblem& problem, const Kernel& kernel,
                     const Standardization& standardization, Screen screen, unsigned threads,
                     Monitor& monitor) {
    const std::size_t depth = problem.reference.columns;
    const SearchPlan full{std::nullopt, depth, 0};
    if (screen == Screen::full_width) return full;
    if (screen == Screen::automatic && depth < narrowest_rotated) return full;

    const auto columns = static_cast<double>(depth);
    const auto rows = static_cast<double>(problem.queries.rows);
    const auto reference_rows = static_cast<double>(problem.reference.rows);
    const double pairs = rows * reference_rows / (problem.self_join ? 2.0 : 1.0);
    const double product_cost = kernel.precision == Precision::float32 ? float_product_cost : 1.0;
    const double full_cost = pairs * columns * product_cost;

    const std::size_t worthwhile = pairs < few_pairs ? most_axes_of_few_pairs : most_axes;
    const std::size_t most =
        std::max<std::size_t>(1, std::min(depth * 2 / 5, worthwhile) / width_step * width_step);
    const auto axes_count = static_cast<double>(most);
    const double sampled = std::min(reference_rows, static_cast<double>(sampled_reference));
    const double rotated_rows = problem.self_join ? rows : rows + reference_rows;
    const double preparation =
        float_product_cost * columns * axes_count * (sampled * axes_products + rotated_rows) +
        rough_distance_cost * columns * static_cast<double>(sampled_queries) * reference_rows;
    if (screen == Screen::automatic && full_cost < 2.0 * preparation) return full;

    const Sample reference = draw(problem.reference, sampled_reference, standardization);
    const Sample queries = draw(problem.queries, sampled_queries, standardization);
    PrincipalAxes axes = find_principal_axes(reference.vectors, most, kernel, threads, monitor);
    if (screen == Screen::rotated && axes.axes.rows > 0) {
        const std::size_t prefix_width = (axes.axes.rows + 1) / 2;
        const std::size_t wide_width = axes.axes.rows;
        return {std::move(axes), prefix_width, wide_width};
    }
    if (axes.axes.rows < width_step) return full;

    std::vector<std::size_t> widths;
    for (std::size_t w = width_step; w <= axes.axes.rows; w += width_step) widths.push_back(w - 1);
    const auto shares = survivor_shares(
        problem, kernel, queries, reference,
        multiply(queries.vectors, axes.axes, kernel, threads, monitor),
        multiply(reference.vectors, axes.axes, kernel, threads, monitor),
        kth_distances(problem, kernel, standardization, queries, threads, monitor), widths);

    // In a self-join a pair survives if it matters to either row.
    const double excess = early_excess * (problem.self_join ? 2.0 : 1.0);
    std::size_t prefix_width = depth;
    std::size_t wide_width = 0;
    double least = full_cost;
    for (std::size_t p = 0; p < widths.size(); ++p) {
        for (std::size_t w = p; w < widths.size(); ++w) {
            const auto prefix = static_cast<double>(widths[p]);
            const auto wide = static_cast<double>(widths[w]);
            const double cost =
                pairs * (prefix * product_cost +
                         excess * shares[p] * (survivor_cost + wide_product_cost * wide) +
                         excess * shares[w] * rough_distance_cost * columns) +
                float_product_cost * columns * wide * rotated_rows;
            if (cost < least) {
                least = cost;
                prefix_width = widths[p];
                wide_width = widths[w];
            }
        }
    }
    if (wide_width == 0) return full;
    return {std::move(axes), prefix_width, wide_width};
}

}  // namespace twinscore
