#pragma once

#include <cstdint>
#include <vector>

#include "rows/panels.hpp"
#include "rows/row_order.hpp"
#include "rows/sketch.hpp"
#include "rows/sketch_plan.hpp"
#include "rows/standardization.hpp"

namespace twinscore {

// sketch.hpp's c, of the sketches of the prefix and of the wide ones.
struct SketchRatios {
    double prefix;
    double wide;
};

// One side of a search, ready for screening: rows ordered by place, cut into tiles, sketched.
class ArrangedRows {
  public:
    // `panels_wanted`: rows are also looked up as panels, not only as rows of blocks.
    ArrangedRows(const MatrixView& matrix, const SketchPlan& plan, const Kernel& kernel,
                 const Standardization& standardization, std::size_t tile_rows, bool panels_wanted,
                 unsigned threads, Monitor& monitor);

    // Sketches are only comparable if all sides use the same ratios.
    void finish(const SketchRatios& ratios);

    [[nodiscard]] std::size_t rows() const { return order_.size(); }
    [[nodiscard]] std::size_t tile_rows() const { return tile_rows_; }
    [[nodiscard]] std::size_t tiles() const { return (rows() + tile_rows_ - 1) / tile_rows_; }
    [[nodiscard]] std::size_t tile_begin(std::size_t tile) const { return tile * tile_rows_; }
    [[nodiscard]] std::size_t tile_end(std::size_t tile) const {
        return std::min(rows(), (tile + 1) * tile_rows_);
    }

    [[nodiscard]] std::uint32_t row_at(std::size_t position) const { return order_[position]; }
    [[nodiscard]] const void* values_at(std::size_t position) const {
        return matrix_.row(order_[position]);
    }
    [[nodiscard]] const Sketches& prefix() const { return prefix_; }
    [[nodiscard]] const Sketches& wide() const { return wide_; }
    [[nodiscard]] bool has_wide() const { return wide_.cells() > 0; }
    [[nodiscard]] const Sketches& finest() const { return has_wide() ? wide_ : prefix_; }
    [[nodiscard]] const Panels<Cell>& panels() const { return panels_; }

    // Squared distance between the centers of two tiles, as far as the order knows places.
    [[nodiscard]] double tile_distance(std::size_t tile, const ArrangedRows& other,
                                       std::size_t other_tile) const;

  private:
    void find_order(const SketchPlan& plan, const Kernel& kernel,
                    const Standardization& standardization, unsigned threads, Monitor& monitor);
    void sketch(const SketchPlan& plan, const Kernel& kernel,
                const Standardization& standardization, bool panels_wanted, unsigned threads,
                Monitor& monitor);

    MatrixView matrix_;
    std::size_t tile_rows_;
    std::vector<std::uint32_t> order_;
    Coordinates tile_centers_;
    Sketches prefix_;
    Sketches wide_;
    Panels<Cell> panels_;
};

}  // namespace twinscore
