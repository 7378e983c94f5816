#pragma once

#include <cstddef>
#include <span>

namespace twinscore {

// Read-only rows of float32, wherever they lie: contiguous within a row, any stride between rows.
struct MatrixView {
    const float* data = nullptr;
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::ptrdiff_t row_stride = 0;  // in elements

    [[nodiscard]] const float* row(std::size_t index) const {
        return data + static_cast<std::ptrdiff_t>(index) * row_stride;
    }
};

}  // namespace twinscore
