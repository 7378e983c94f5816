#include "search/neighbor_table.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace twinscore {
namespace {

constexpr std::size_t fewest_placed = 32;

// By distance. Where a value lies between the least and the largest tells about where it belongs: a
// sort by comparing, which mispredicts at every other one, is left with the few that share a place.
void sort_by_distance(std::vector<Neighbor>& neighbors) {
    const auto nearer = [](const Neighbor& a, const Neighbor& b) {
        return a.distance < b.distance;
    };
    if (neighbors.size() < fewest_placed) {
        std::sort(neighbors.begin(), neighbors.end(), nearer);
        return;
    }
    const auto [nearest, farthest] =
        std::minmax_element(neighbors.begin(), neighbors.end(), nearer);
    const double least = nearest->distance;
    const double places = static_cast<double>(neighbors.size()) / (farthest->distance - least);
    if (!(places > 0.0 && std::isfinite(places))) {
        std::sort(neighbors.begin(), neighbors.end(), nearer);
        return;
    }
    // Rounded differences and products keep the order of what they are made from.
    const auto place = [least, places](const Neighbor& neighbor) {
        return static_cast<std::size_t>((neighbor.distance - least) * places);
    };
    thread_local std::vector<std::uint32_t> ends;
    thread_local std::vector<Neighbor> placed;
    ends.assign(neighbors.size() + 3, 0);
    for (const Neighbor& neighbor : neighbors) ++ends[place(neighbor) + 2];
    std::partial_sum(ends.begin(), ends.end(), ends.begin());
    placed.resize(neighbors.size());
    for (const Neighbor& neighbor : neighbors) placed[ends[place(neighbor) + 1]++] = neighbor;
    for (std::size_t i = 0; i + 2 < ends.size(); ++i) {
        if (ends[i + 1] - ends[i] < 2) continue;
        std::sort(placed.begin() + ends[i], placed.begin() + ends[i + 1], nearer);
    }
    neighbors.swap(placed);
}

}  // namespace

void settle(std::vector<Neighbor>& neighbors, std::size_t k) {
    sort_by_distance(neighbors);
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
