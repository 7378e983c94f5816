#pragma once

#include <algorithm>
#include <cstddef>

#include "basis/large_vector.hpp"
#include "kernels/kernel.hpp"

namespace twinscore {

// Rows in the layout that kernels read as panels: panel after panel of panel_rows rows, each
// transposed. Rows beyond the last are zero; the others are to be set, each of them.
template <class Value>
class Panels {
  public:
    Panels() = default;
    Panels(std::size_t rows, std::size_t depth)
        : depth_(depth), values_((rows + panel_rows - 1) / panel_rows * panel_rows * depth) {
        const std::size_t whole = rows / panel_rows * panel_rows * depth;
        std::fill(values_.begin() + static_cast<std::ptrdiff_t>(whole), values_.end(), Value{});
    }

    void set_row(std::size_t row, const Value* values) {
        set_row(row, values, [](Value value, std::size_t) { return value; });
    }

    // `of_panel` turns a value and its index into what the panel holds.
    template <class OfPanel>
    void set_row(std::size_t row, const Value* values, const OfPanel& of_panel) {
        Value* target = values_.data() + row / panel_rows * panel_rows * depth_ + row % panel_rows;
        for (std::size_t i = 0; i < depth_; ++i) target[i * panel_rows] = of_panel(values[i], i);
    }

    // A run of rows within a panel, side by side: their places share cache lines.
    template <class OfPanel>
    void set_run(std::size_t first, std::size_t count, const Value* values, std::size_t stride,
                 const OfPanel& of_panel) {
        Value* target =
            values_.data() + first / panel_rows * panel_rows * depth_ + first % panel_rows;
        for (std::size_t i = 0; i < depth_; ++i, target += panel_rows) {
            for (std::size_t r = 0; r < count; ++r) target[r] = of_panel(values[r * stride + i], i);
        }
    }

    [[nodiscard]] const Value* panel(std::size_t index) const {
        return values_.data() + index * panel_rows * depth_;
    }

  private:
    std::size_t depth_ = 0;
    LargeVector<Value> values_;
};

}  // namespace twinscore
