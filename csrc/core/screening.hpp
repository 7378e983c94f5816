#pragma once

// The certificate that lets float32 arithmetic rule candidates out without ever losing a neighbor.
//
// Every row x is moved to the pool's center c and scaled by a power of two s so that no row is
// longer than 1 (this undoes far offsets and overflow), then rounded: x^ = fl(s (x - c)), with
// residual r_x >= |s (x - c) - x^|. Let u = 2^-24, n_x = |x^|^2 in float64, p = fl(<x^, y^>).
//
// 1. Summation in any order, fused or not, gives |p - <x^, y^>| <= g |x^||y^| + t, where
//    g = (d + 16) u leaves room for the higher-order terms and for the float64 roundings of n and
//    t = (d + 3) 2^-125 for underflow, flushed to zero or not, here and in the bounds; |x^||y^| <= (n_x + n_y) / 2.
// 2. If |x - y|^2 <= T then |x^ - y^| <= s sqrt(T) + r_x + r_y, by the triangle inequality.
// 3. Hence every y with |x - y|^2 <= T has
//        p >= [(1 - g) n_x - (s sqrt(T) + r_x + r)^2] / 2 - t  +  (1 - g) n_y / 2,
//    with r the largest r_y: a bound of the query plus a bound of the reference row, which is what
//    the kernels compare with. Each part gives way by a further 4 u of itself, which covers its
//    own conversion to float32 and the rounding of the sum.
//
// T is a distance computed in float64; step 2 takes it larger by that computation's own rounding.

#include <cstddef>
#include <vector>

#include "matrix_view.hpp"
#include "parallel_for.hpp"

namespace twinscore {

class Screening {
  public:
    // Finds center and scale; reads every row of both matrices once.
    Screening(const MatrixView& queries, const MatrixView& reference, unsigned threads,
              Monitor& monitor);

    struct RowFacts {
        double squared_norm;
        double residual;
    };

    // Writes x^ to target[0], target[stride], ... and returns its n and r.
    RowFacts transform(const float* row, float* target, std::size_t stride) const;

    // The two parts of the bound in step 3.
    [[nodiscard]] float query_bound(const RowFacts& facts, double threshold) const;
    [[nodiscard]] float reference_bound(const RowFacts& facts) const;

  private:
    [[nodiscard]] double largest_norm(const MatrixView& matrix, unsigned threads,
                                      Monitor& monitor) const;

    std::size_t depth_;
    std::vector<double> center_;
    double scale_ = 1.0;
    double product_error_;     // g
    double underflow_;         // t
    double threshold_excess_;  // relative
    double largest_residual_;  // r
};

}  // namespace twinscore
