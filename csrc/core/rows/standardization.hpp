#pragma once

#include <span>
#include <vector>

#include "basis/matrix_view.hpp"
#include "basis/parallel_for.hpp"
#include "kernels/kernel.hpp"

namespace twinscore {

// Moves rows to a common center and scales them by a power of two so that none is longer than 1:
// this undoes far offsets, and no product overflows. Distances are multiplied by scale^2, exactly.
class Standardization {
  public:
    // Reads every row once. Throws std::invalid_argument naming the first row that is not finite.
    Standardization(const MatrixView& queries, const MatrixView& reference, const Kernel& kernel,
                    unsigned threads, Monitor& monitor);

    // Writes the row, rounded to float32, and returns its squared norm before rounding.
    double apply(const MatrixView& matrix, std::size_t row, float* target) const {
        return kernel_->standardize[index_of(matrix.element)](matrix.row(row), center_.data(),
                                                              scale_, matrix.columns, target);
    }

    [[nodiscard]] std::span<const double> center() const { return center_; }
    [[nodiscard]] double scale() const { return scale_; }

    // Whether squares of differences stay well within the range of float32.
    [[nodiscard]] bool moderate() const;

    // Whether rows that did not fix the scale are short enough for it: their squares are far from
    // overflow still. Throws as the constructor does.
    [[nodiscard]] bool suits(const MatrixView& matrix, const char* name, unsigned threads,
                             Monitor& monitor) const;

  private:
    // Length of the longest row after standardization.
    [[nodiscard]] double longest_row(const MatrixView& matrix, const char* name, unsigned threads,
                                     Monitor& monitor) const;

    const Kernel* kernel_;
    std::vector<double> center_;
    double scale_ = 1.0;
};

}  // namespace twinscore
