#pragma once

#include <cstddef>
#include <cstdint>

namespace twinscore {

enum class Element { float32, float16 };

// Read-only rows of floating-point numbers, wherever they lie: the values of a row side by side,
// any number of bytes from row to row. All rows of some data, or a selection of them.
struct MatrixView {
    const std::byte* data = nullptr;
    Element element = Element::float32;
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::ptrdiff_t row_bytes = 0;
    const std::uint32_t* selection = nullptr;  // where the rows lie in the data; null: in order

    [[nodiscard]] bool operator==(const MatrixView&) const = default;

    [[nodiscard]] const void* row(std::size_t index) const {
        return data + static_cast<std::ptrdiff_t>(row_in_data(index)) * row_bytes;
    }

    // What the caller knows a row by.
    [[nodiscard]] std::size_t row_in_data(std::size_t index) const {
        return selection == nullptr ? index : selection[index];
    }

    [[nodiscard]] std::size_t value_bytes() const { return element == Element::float32 ? 4 : 2; }
};

}  // namespace twinscore
