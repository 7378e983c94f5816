#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace twinscore {

// Coordinates that rows are ordered by: few, and the same number for each row.
struct Coordinates {
    std::size_t columns = 0;
    std::vector<float> values;

    [[nodiscard]] const float* row(std::size_t index) const {
        return values.data() + index * columns;
    }
};

// Orders rows so that each run of `tile_rows` holds rows that lie close together: halves are cut,
// again and again, across the coordinate that varies most.
[[nodiscard]] std::vector<std::uint32_t> order_by_place(const Coordinates& coordinates,
                                                        std::size_t rows, std::size_t tile_rows);

}  // namespace twinscore
