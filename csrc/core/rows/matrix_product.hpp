#pragma once

#include <cstddef>
#include <vector>

#include "basis/parallel_for.hpp"
#include "kernels/kernel.hpp"
#include "rows/panels.hpp"

namespace twinscore {

// Row-major float32 matrix; rows are padded so that kernels may read and write whole blocks.
struct FloatMatrix {
    FloatMatrix() = default;
    FloatMatrix(std::size_t row_count, std::size_t column_count);

    [[nodiscard]] float* row(std::size_t index) { return values.data() + index * stride; }
    [[nodiscard]] const float* row(std::size_t index) const {
        return values.data() + index * stride;
    }

    std::size_t rows = 0;
    std::size_t columns = 0;
    std::size_t stride = 0;
    std::vector<float> values;
};

// One factor of many products A B', its rows in panels, cut along the depth so that rounding
// grows with the length of a slice rather than with the depth.
class RightFactor {
  public:
    RightFactor() = default;
    explicit RightFactor(const FloatMatrix& rows);

    // products.row(i)[j] = <left.row(i), row j>, for the first `columns` rows j, in whole panels.
    void multiply(const FloatMatrix& left, std::size_t columns, const Kernel& kernel,
                  FloatMatrix& products) const;

    // Each product differs from the true one by at most this times the lengths of both rows.
    [[nodiscard]] double relative_error() const;

  private:
    std::size_t depth_ = 0;
    std::vector<Panels<float>> slices_;
};

// A B' on several threads.
[[nodiscard]] FloatMatrix multiply(const FloatMatrix& left, const FloatMatrix& right,
                                   const Kernel& kernel, unsigned threads, Monitor& monitor);

}  // namespace twinscore
