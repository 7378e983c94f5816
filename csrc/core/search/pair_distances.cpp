#include "search/pair_distances.hpp"

#include <stdexcept>
#include <string>

namespace twinscore {

std::vector<double> pair_distances(const MatrixView& points, std::span<const std::int64_t> first,
                                   std::span<const std::int64_t> second, const Kernel& kernel) {
    if (first.size() != second.size()) {
        throw std::invalid_argument("expected pairs of rows, got " + std::to_string(first.size()) +
                                    " and " + std::to_string(second.size()) + " rows");
    }
    const auto row = [&points](std::int64_t index) {
        if (index < 0 || static_cast<std::size_t>(index) >= points.rows) {
            throw std::invalid_argument("expected rows below " + std::to_string(points.rows) +
                                        ", got " + std::to_string(index));
        }
        return points.row(static_cast<std::size_t>(index));
    };
    const auto distance = kernel.exact_distance[index_of(points.element)];
    std::vector<double> distances(first.size());
    for (std::size_t i = 0; i < first.size(); ++i) {
        distances[i] = distance(row(first[i]), row(second[i]), points.columns);
    }
    return distances;
}

}  // namespace twinscore
