#include "search/survival.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>

#include "rows/side_by_side.hpp"

namespace twinscore {
namespace {

constexpr std::size_t most_at_once = 8;  // queries, while a reference row is at hand

// The typical rounding of a row, relative to its length.
constexpr double float32_rounding = 0x1p-22;
constexpr double bfloat16_rounding = 0x1.bp-10;

// The distance of each sampled query to its k-th neighbor, of standardized rows.
std::vector<double> kth_distances(const SearchProblem& problem, const Kernel& kernel,
                                  const Standardization& standardization,
                                  const SampledRows& queries, unsigned threads, Monitor& monitor) {
    const auto exact = kernel.exact_distance[index_of(problem.reference.element)];
    const auto rough = kernel.rough_distance[index_of(problem.reference.element)];
    const double scale = standardization.scale() * standardization.scale();
    const bool moderate = standardization.moderate();
    std::vector<double> kth(queries.rows.size(), 0.0);
    const std::size_t fair_share = (queries.rows.size() + threads - 1) / threads;
    const std::size_t at_once = std::clamp<std::size_t>(fair_share, 1, most_at_once);
    const std::size_t tasks = (queries.rows.size() + at_once - 1) / at_once;
    parallel_for(tasks, threads, 0, monitor, [&](std::size_t task, Progress& progress) {
        const std::size_t first = task * at_once;
        const std::size_t count = std::min(at_once, queries.rows.size() - first);
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

// What is known of one row from its first coordinates: their length, that of the rest, and how far
// rounding to cells moves them.
struct Outline {
    double length;
    double rest;
    double fine_error;
    double coarse_error;
};

Outline outline(double squared_length, double squared_norm, double largest, std::size_t width,
                Precision fine, double most) {
    const double length = std::sqrt(squared_length);
    const double rest = std::sqrt(std::max(0.0, squared_norm - squared_length));
    // Rounding to whole steps is uniform in a step.
    const double step = std::max(largest / most, rest / 2.0 / (most - 1.0));
    return {length, rest,
            length * (fine == Precision::float32 ? float32_rounding : bfloat16_rounding),
            step * std::sqrt(static_cast<double>(width) / 12.0)};
}

// An outline of every row for each width, row by row.
std::vector<Outline> outlines(const FloatMatrix& coordinates, const SampledRows& rows,
                              const std::vector<std::size_t>& widths, const Kernel& kernel) {
    const bool narrow =
        kernel.coarse != nullptr && kernel.coarse->precision == Precision::narrow_int8;
    const double most = narrow ? narrow_most : 127.0;
    std::vector<Outline> all;
    for (std::size_t i = 0; i < rows.rows.size(); ++i) {
        const float* row = coordinates.row(i);
        SquareSums squares;
        float largest = 0.0F;
        std::size_t axis = 0;
        for (const std::size_t width : widths) {
            const std::span<const float> added(row + axis, width - axis);
            squares.add_all(added);
            largest = std::max(largest, largest_magnitude(added));
            axis = width;
            all.push_back(outline(squares.total(), rows.squared_norms[i],
                                  static_cast<double>(largest), width, kernel.fine.precision,
                                  most));
        }
    }
    return all;
}

// Counts pairs whose least possible distance lies within a limit.
class Tally {
  public:
    void count(const Outline& a, const Outline& b, double squared_distance, double limit) {
        fine_ +=
            squared_distance - 2.0 * (a.length * b.fine_error + b.length * a.fine_error) <= limit;
        coarse_ +=
            squared_distance - 2.0 * (a.length * b.coarse_error + b.length * a.coarse_error) <=
            limit;
        pairs_ += 1.0;
    }
    [[nodiscard]] Survival shares() const {
        const double pairs = std::max(pairs_, 1.0);
        return {fine_ / pairs, coarse_ / pairs};
    }

  private:
    double fine_ = 0.0;
    double coarse_ = 0.0;
    double pairs_ = 0.0;
};

}  // namespace

SampledRows draw(const MatrixView& matrix, std::size_t count,
                 const Standardization& standardization) {
    count = std::min(count, matrix.rows);
    SampledRows sample{{}, FloatMatrix(count, matrix.columns), {}};
    for (std::size_t i = 0; i < count; ++i) {
        sample.rows.push_back(i * matrix.rows / count);
        sample.squared_norms.push_back(
            standardization.apply(matrix, sample.rows.back(), sample.vectors.row(i)));
    }
    return sample;
}

double effective_dimensions(const SampledRows& some, const SampledRows& others) {
    double squared_products = 0.0;
    double squared_lengths = 0.0;
    for (std::size_t i = 0; i < some.rows.size(); ++i) {
        const float* a = some.vectors.row(i);
        for (std::size_t j = 0; j < others.rows.size(); ++j) {
            if (some.rows[i] == others.rows[j]) continue;
            const float* b = others.vectors.row(j);
            const auto product =
                static_cast<double>(std::transform_reduce(a, a + some.vectors.columns, b, 0.0F));
            squared_products += product * product;
            squared_lengths += some.squared_norms[i] * others.squared_norms[j];
        }
    }
    return squared_lengths / std::max(squared_products, std::numeric_limits<double>::min());
}

SurvivalSample::SurvivalSample(const SearchProblem& problem, const Kernel& kernel,
                               const Standardization& standardization, const SampledRows& queries,
                               const SampledRows& reference, unsigned threads, Monitor& monitor)
    : problem_(problem),
      kernel_(kernel),
      queries_(queries),
      reference_(reference),
      kth_(kth_distances(problem, kernel, standardization, queries, threads, monitor)) {}

Survival SurvivalSample::at_full_width() const {
    const std::size_t columns = problem_.reference.columns;
    const std::vector<std::size_t> widths{columns};
    const auto of_queries = outlines(queries_.vectors, queries_, widths, kernel_);
    const auto of_reference = outlines(reference_.vectors, reference_, widths, kernel_);
    const auto distance = kernel_.rough_distance[index_of(Element::float32)];
    Tally tally;
    for (std::size_t q = 0; q < queries_.rows.size(); ++q) {
        for (std::size_t j = 0; j < reference_.rows.size(); ++j) {
            if (!problem_.eligible(queries_.rows[q], reference_.rows[j])) continue;
            const float apart =
                distance(queries_.vectors.row(q), reference_.vectors.row(j), columns);
            tally.count(of_queries[q], of_reference[j], static_cast<double>(apart), kth_[q]);
        }
    }
    return tally.shares();
}

std::vector<Survival> SurvivalSample::at_widths(const FloatMatrix& query_coordinates,
                                                const FloatMatrix& reference_coordinates,
                                                const std::vector<std::size_t>& widths) const {
    const auto of_queries = outlines(query_coordinates, queries_, widths, kernel_);
    const auto of_reference = outlines(reference_coordinates, reference_, widths, kernel_);
    std::vector<Tally> tallies(widths.size());
    for (std::size_t q = 0; q < queries_.rows.size(); ++q) {
        for (std::size_t j = 0; j < reference_.rows.size(); ++j) {
            if (!problem_.eligible(queries_.rows[q], reference_.rows[j])) continue;
            const float* a = query_coordinates.row(q);
            const float* b = reference_coordinates.row(j);
            double apart = 0.0;
            std::size_t axis = 0;
            for (std::size_t w = 0; w < widths.size(); ++w) {
                for (; axis < widths[w]; ++axis) {
                    const double difference =
                        static_cast<double>(a[axis]) - static_cast<double>(b[axis]);
                    apart += difference * difference;
                }
                const Outline& x = of_queries[q * widths.size() + w];
                const Outline& y = of_reference[j * widths.size() + w];
                const double rest = x.rest - y.rest;
                tallies[w].count(x, y, apart + rest * rest, kth_[q]);
            }
        }
    }
    std::vector<Survival> shares;
    for (const Tally& tally : tallies) shares.push_back(tally.shares());
    return shares;
}

}  // namespace twinscore
