#pragma once

#include <cstddef>

namespace twinscore {

enum class Element { float32, float16 };

// Read-only rows of floating-point numbers, wherever they lie: the values of a row side by side,
// any number of bytes from row to row.
struct MatrixView {
    const std::byte* data = nullptr;
    Element element = Element::float32;
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::ptrdiff_t row_bytes = 0;

    [[nodiscard]] bool operator==(const MatrixView&) const = default;

    [[nodiscard]] const void* row(std::size_t index) const {
        return data + static_cast<std::ptrdiff_t>(index) * row_bytes;
    }
};

}  // namespace twinscore
