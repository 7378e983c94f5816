#pragma once

// Sketches rule pairs of rows out without ever losing a neighbor.
//
// Let x be a row after standardization (|x| <= 1), P the axes: w rows of length d, nearly
// orthonormal, |PP' - I| <= t. Its sketch is a = Px as far as rounding allows, and one more value
// r >= |x - Qx|, where Q projects on the span of the axes. The difference |a - Px| <= e is known
// for each row: the bound of the rotation's arithmetic plus the measured rounding to cells.
// (Without axes, P = I and r is absent: e is the measured rounding alone.)
//
// 1. <x, y> = <Qx, Qy> + <x - Qx, y - Qy> <= <Px, Py> + t |x||y| + r_x r_y.
// 2. <Px, Py> <= <a, b> + |a| e_y + |b| e_x + e_x e_y. With A = |a| + e and any c > 0 the last
//    three are at most (c A_x^2 + e_x^2 / c) / 2 + (c A_y^2 + e_y^2 / c) / 2.
// 3. The computed product p of two sketches differs from <a, b> + r_x r_y by at most
//    g |(a, r_x)||(b, r_y)|, g = (w + 4) u, u = 2^-24, in any order of summation, fused or not;
//    what underflow takes, flushed to zero or not, stays below (w + 4) 2^-124.
// 4. So |x - y|^2 = |x|^2 + |y|^2 - 2 <x, y> <= T only if p >= base_x + base_y - T / 2, where
//    base = (|x|^2 - c A^2 - e^2 / c - t |x|^2 - g |(a, r)|^2) / 2 - underflow.
//
// A pair may thus be dropped unless p >= base_x + base_y - max(reach_x, reach_y), reach = T / 2 of
// the row. Each stored bound gives way by 4 u of itself, which covers its conversion to float32
// and one later sum. c is the same for all rows: any value is valid, the typical ratio e / A best.
// A larger r is as valid, so r may be rounded up.
//
// Sketches of int8 are a = s q, each q whole and at most 127, with a step s > 0 of each row; r is
// four values of its own, all of them r / 2 rounded up. Sums of products of q are exact, so that p,
// such a sum times s_x s_y, is rounded three times: step 3 holds with room to spare, and s >= 2^-60
// keeps underflow out of it. The same holds for narrow int8, whose values are at most narrow_most
// and whose halves of blocks no longer than narrow_length (kernel.hpp): any step serves, as e is
// measured.
//
// Without axes the steps bound the product from both sides, so that half the squared distance lies
// between base_x + base_y - p and that plus spread_x + spread_y, spread = 2 (|x|^2 / 2 - base).

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "basis/large_vector.hpp"
#include "kernels/kernel.hpp"
#include "rows/panels.hpp"
#include "rows/sketch_cells.hpp"

namespace twinscore {

inline constexpr double float_unit = 0x1p-24;

// Rounds down by more than one conversion to float32 and one later sum can round up.
[[nodiscard]] float yielding(double bound);

// What is known of the vectors a set of sketches is made from.
struct SketchSource {
    std::size_t width;        // values of each vector
    bool rotated;             // vectors are Px, else they are x itself
    double axes_deviation;    // t
    double arithmetic_error;  // of each vector, relative to |x|
};

[[nodiscard]] SketchCells cells_of(Precision precision, const SketchSource& source);

// What finished sketches hold, wherever it lies: as they keep it, padding included.
struct FinishedSketches {
    std::span<const Cell> values;
    std::span<const float> bases;
    std::span<const float> spreads;
};

class Sketches {
  public:
    Sketches() = default;
    Sketches(const ScreenKernel& kernel, const SketchSource& source, std::size_t rows);

    // Copies some of finished sketches, of `finished_rows` rows; of the source only the width and
    // the rotation matter. Throws std::invalid_argument where these are not of its form.
    Sketches(const ScreenKernel& kernel, const SketchSource& source,
             const FinishedSketches& finished, std::size_t finished_rows,
             std::span<const std::uint32_t> chosen);

    // Encodes the first values of a vector for the given row; `squared_norm` is |x|^2.
    void encode(std::size_t row, const float* vector, double squared_norm);

    // Turns what `encode` measured into bounds; `c` as in step 2.
    void finish(double c);

    [[nodiscard]] FinishedSketches finished() const { return {values_, bases_, spreads_}; }

    // The sums of e and of A over all rows: their ratio makes a good c.
    [[nodiscard]] double total_error() const;
    [[nodiscard]] double total_norm() const;

    [[nodiscard]] bool rotated() const { return source_.rotated; }
    [[nodiscard]] std::size_t cells() const { return cells_; }
    [[nodiscard]] const Cell* row(std::size_t index) const {
        return values_.data() + index * cells_;
    }
    // Puts the sketch of a row into panels.
    void copy_to(Panels<Cell>& panels, std::size_t place, std::size_t row_index) const;

    // The same of a run of rows, to their own places.
    void copy_run_to(Panels<Cell>& panels, std::size_t first, std::size_t count) const;

    [[nodiscard]] const float* bases() const { return bases_.data(); }

    // What `spread` is above; only for sketches without axes.
    [[nodiscard]] const float* spreads() const { return spreads_.data(); }
    [[nodiscard]] const ScreenKernel& kernel() const { return *kernel_; }

  private:
    struct Measured {
        double squared_norm;
        double squared_sketch;  // |(a, r)|^2
        double error;           // e
        double reach;           // A
    };

    const ScreenKernel* kernel_ = nullptr;
    SketchSource source_{};
    SketchCells layout_{};
    std::size_t cells_ = 0;
    LargeVector<Cell> values_;
    std::vector<Measured> measured_;
    std::vector<float> bases_;
    std::vector<float> spreads_;
};

}  // namespace twinscore
