#include "neighbor_table.hpp"

#include <algorithm>
#include <utility>

namespace twinscore {

void settle(std::vector<Neighbor>& neighbors, std::size_t k) {
    std::sort(neighbors.begin(), neighbors.end());
    for (auto first = neighbors.begin(); first != neighbors.end();) {
        const double nearest = first->distance;
        const double limit = nearest * (1.0 + tie_tolerance);
        const auto last = std::find_if(first, neighbors.end(),
                                       [limit](const Neighbor& n) { return n.distance > limit; });
        if (last - first > 1) {
            for (auto tied = first; tied != last; ++tied) tied->distance = nearest;
            std::sort(first, last);
        }
        if (static_cast<std::size_t>(last - neighbors.begin()) >= k) {
            neighbors.erase(last, neighbors.end());
            return;
        }
        first = last;
    }
}

TableWriter::TableWriter(std::size_t rows, std::size_t k) : k_(k), ties_(rows) {
    table_.distances.resize(rows * k);
    table_.ids.resize(rows * k);
}

void TableWriter::write(std::size_t row, const std::vector<Neighbor>& neighbors) {
    for (std::size_t i = 0; i < k_; ++i) {
        table_.distances[row * k_ + i] = neighbors[i].distance;
        table_.ids[row * k_ + i] = neighbors[i].id;
    }
    for (std::size_t i = k_; i < neighbors.size(); ++i) ties_[row].push_back(neighbors[i].id);
}

NeighborTable TableWriter::finish() {
    table_.tie_offsets.reserve(ties_.size() + 1);
    table_.tie_offsets.push_back(0);
    for (const auto& ties : ties_) {
        table_.tie_ids.insert(table_.tie_ids.end(), ties.begin(), ties.end());
        table_.tie_offsets.push_back(static_cast<std::int64_t>(table_.tie_ids.size()));
    }
    return std::move(table_);
}

}  // namespace twinscore
