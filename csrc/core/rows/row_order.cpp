#include "rows/row_order.hpp"

#include <algorithm>
#include <numeric>
#include <span>

namespace twinscore {
namespace {

constexpr std::size_t rows_sampled_for_spread = 256;

std::size_t widest_column(const Coordinates& coordinates, std::span<const std::uint32_t> rows) {
    const std::size_t step = std::max<std::size_t>(1, rows.size() / rows_sampled_for_spread);
    std::size_t widest = 0;
    double largest = -1.0;
    for (std::size_t column = 0; column < coordinates.columns; ++column) {
        double sum = 0.0;
        double squares = 0.0;
        double count = 0.0;
        for (std::size_t i = 0; i < rows.size(); i += step, count += 1.0) {
            const auto value = static_cast<double>(coordinates.row(rows[i])[column]);
            sum += value;
            squares += value * value;
        }
        const double variance = squares - sum * sum / count;
        if (variance > largest) {
            largest = variance;
            widest = column;
        }
    }
    return widest;
}

void split(const Coordinates& coordinates, std::span<std::uint32_t> rows, std::size_t tile_rows) {
    if (rows.size() <= tile_rows) return;
    const std::size_t tiles = (rows.size() + tile_rows - 1) / tile_rows;
    const std::size_t half = tiles / 2 * tile_rows;
    const std::size_t column = widest_column(coordinates, rows);
    const auto before = [&](std::uint32_t a, std::uint32_t b) {
        const float x = coordinates.row(a)[column];
        const float y = coordinates.row(b)[column];
        return x < y || (x == y && a < b);
    };
    std::nth_element(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(half), rows.end(),
                     before);
    split(coordinates, rows.first(half), tile_rows);
    split(coordinates, rows.subspan(half), tile_rows);
}

}  // namespace

std::vector<std::uint32_t> order_by_place(const Coordinates& coordinates, std::size_t rows,
                                          std::size_t tile_rows) {
    std::vector<std::uint32_t> order(rows);
    std::iota(order.begin(), order.end(), std::uint32_t{0});
    if (coordinates.columns > 0) split(coordinates, order, tile_rows);
    return order;
}

}  // namespace twinscore
