#pragma once

#include <vector>

#include "kernels/kernel.hpp"
#include "rows/matrix_product.hpp"
#include "rows/standardization.hpp"
#include "search/search_problem.hpp"

namespace twinscore {

// Some rows of a matrix, standardized.
struct SampledRows {
    std::vector<std::size_t> rows;
    FloatMatrix vectors;
    std::vector<double> squared_norms;
};

[[nodiscard]] SampledRows draw(const MatrixView& matrix, std::size_t count,
                               const Standardization& standardization);

// Over how many directions standardized rows spread: (tr C)^2 / tr C^2 of their covariance C, which
// is d where all d are alike. From <x, y>^2 of some pairs.
[[nodiscard]] double effective_dimensions(const SampledRows& some, const SampledRows& others);

// Shares of pairs that screening with sketches of a width lets through once limits are final.
struct Survival {
    double fine;
    double coarse;
};

// Predicts, from pairs of samples, which of all pairs screening would let through.
class SurvivalSample {
  public:
    // Looks at every reference row once.
    SurvivalSample(const SearchProblem& problem, const Kernel& kernel,
                   const Standardization& standardization, const SampledRows& queries,
                   const SampledRows& reference, unsigned threads, Monitor& monitor);

    // Of sketches that hold all coordinates.
    [[nodiscard]] Survival at_full_width() const;

    // Of sketches that hold so many leading coordinates and the length of the rest; ascending.
    [[nodiscard]] std::vector<Survival> at_widths(const FloatMatrix& query_coordinates,
                                                  const FloatMatrix& reference_coordinates,
                                                  const std::vector<std::size_t>& widths) const;

  private:
    const SearchProblem& problem_;
    const Kernel& kernel_;
    const SampledRows& queries_;
    const SampledRows& reference_;
    std::vector<double> kth_;  // the squared distance of each query to its k-th neighbor
};

}  // namespace twinscore
