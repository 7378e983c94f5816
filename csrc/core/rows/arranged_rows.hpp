#pragma once

#include <cstdint>
#include <span>
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

// What finished rows hold beside their values, wherever it lies: enough to arrange them again, or
// some of them, without looking at a value.
struct ArrangedParts {
    std::size_t tile_rows;
    std::span<const std::uint32_t> order;
    std::span<const float> tile_centers;
    FinishedSketches prefix;
    FinishedSketches wide;
};

// One side of a search, ready for screening: rows ordered by place, cut into tiles, sketched.
class ArrangedRows {
  public:
    // `panels_wanted`: rows are also looked up as panels, not only as rows of blocks.
    ArrangedRows(const MatrixView& matrix, const SketchPlan& plan, const Kernel& kernel,
                 const Standardization& standardization, std::size_t tile_rows, bool panels_wanted,
                 unsigned threads, Monitor& monitor);

    // `matrix` is a run of the rows that `parts` tell of, from `first_row` on; finished. Throws
    // std::invalid_argument where it is not, or the plan is not theirs.
    ArrangedRows(const MatrixView& matrix, const SketchPlan& plan, const Kernel& kernel,
                 const ArrangedParts& parts, std::size_t first_row);

    // Of finished rows.
    [[nodiscard]] ArrangedParts parts() const {
        return {tile_rows_, order_, tile_centers_.values, prefix_.finished(), wide_.finished()};
    }

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

    // Of tiles whose rows lay in others before, as far as the centers of those tell.
    void find_tile_centers(const ArrangedParts& parts, std::span<const std::uint32_t> positions);

    MatrixView matrix_;
    std::size_t tile_rows_;
    std::vector<std::uint32_t> order_;
    Coordinates tile_centers_;
    Sketches prefix_;
    Sketches wide_;
    Panels<Cell> panels_;
};

}  // namespace twinscore
