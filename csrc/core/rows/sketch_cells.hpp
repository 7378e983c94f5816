#pragma once

#include <cstddef>

#include "kernels/kernel.hpp"

namespace twinscore {

// Where the values of a sketch lie in its cells, and how they are rounded to them: the values of a
// vector, then, `with_residual`, a length that may be rounded up but never down.
struct SketchCells {
    Precision precision;
    std::size_t width;  // values of the vector
    bool with_residual;

    // Cells of each sketch.
    [[nodiscard]] std::size_t count() const;

    // What rounding kept of the values and of the residual, and the length of what it took from the
    // values: all squared, in float64.
    struct Kept {
        double squared_values = 0.0;
        double squared_residual = 0.0;
        double squared_rounding = 0.0;
    };

    // Encodes a vector and its residual; `target` is zero before.
    Kept write(Cell* target, const float* vector, double residual) const;

    // What a panel holds where a row holds this cell, the index-th of its sketch.
    [[nodiscard]] Cell in_panel(Cell cell, std::size_t index) const {
        if (precision != Precision::narrow_int8 || index == 0) return cell;
        // Byte by byte, without a carry: first to 0 .. 255, then down.
        return (cell ^ 0x80808080U) - 0x01010101U * (128U - narrow_offset);
    }

  private:
    Kept write_float32(Cell* target, const float* vector, double residual) const;
    Kept write_bfloat16(Cell* target, const float* vector, double residual) const;
    Kept write_int8(Cell* target, const float* vector, double residual) const;
    Kept write_narrow_int8(Cell* target, const float* vector, double residual) const;
    [[nodiscard]] float narrow_step(const float* vector, float half) const;
};

}  // namespace twinscore
