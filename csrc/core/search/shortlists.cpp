#include "search/shortlists.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace twinscore {
namespace {

void append(const ShortlistsView& lists, std::size_t query, std::vector<Neighbor>& neighbors) {
    const auto end = static_cast<std::size_t>(lists.offsets[query + 1]);
    for (auto i = static_cast<std::size_t>(lists.offsets[query]); i < end; ++i) {
        neighbors.push_back({lists.distances[i], lists.ids[i]});
    }
}

void append(const std::vector<Neighbor>& neighbors, Shortlists& lists) {
    for (const Neighbor& neighbor : neighbors) {
        lists.distances.push_back(neighbor.distance);
        lists.ids.push_back(neighbor.id);
    }
    lists.offsets.push_back(static_cast<std::int64_t>(lists.ids.size()));
}

}  // namespace

ShortlistsView::ShortlistsView(std::span<const std::int64_t> list_offsets,
                               std::span<const double> list_distances,
                               std::span<const std::int64_t> list_ids)
    : offsets(list_offsets), distances(list_distances), ids(list_ids) {
    if (offsets.empty() || offsets.front() != 0 ||
        !std::is_sorted(offsets.begin(), offsets.end()) ||
        static_cast<std::size_t>(offsets.back()) != ids.size() || distances.size() != ids.size()) {
        throw std::invalid_argument(
            "expected offsets that ascend from 0 to the number of ids and distances");
    }
}

void shorten(std::vector<Neighbor>& neighbors, std::size_t k) {
    if (neighbors.size() > k) {
        const auto kth = neighbors.begin() + static_cast<std::ptrdiff_t>(k - 1);
        std::nth_element(neighbors.begin(), kth, neighbors.end());
        const double limit = kth->distance * (1.0 + tie_tolerance);
        std::erase_if(neighbors,
                      [limit](const Neighbor& neighbor) { return neighbor.distance > limit; });
    }
    std::sort(neighbors.begin(), neighbors.end());
}

Shortlists ShortlistWriter::finish() {
    std::size_t total = 0;
    for (const auto& list : lists_) total += list.size();
    Shortlists lists;
    lists.offsets.reserve(lists_.size() + 1);
    lists.distances.reserve(total);
    lists.ids.reserve(total);
    lists.offsets.push_back(0);
    for (auto& list : lists_) {
        append(list, lists);
        list = {};
    }
    return lists;
}

Shortlists merge(std::span<const ShortlistsView> parts, std::size_t k) {
    if (parts.empty()) throw std::invalid_argument("expected at least one part to merge, got none");
    if (k == 0) throw std::invalid_argument("expected k of at least 1, got 0");
    const std::size_t queries = parts.front().queries();
    for (const ShortlistsView& part : parts) {
        if (part.queries() == queries) continue;
        throw std::invalid_argument("expected lists of the same " + std::to_string(queries) +
                                    " queries, got " + std::to_string(part.queries()));
    }
    Shortlists merged;
    merged.offsets.reserve(queries + 1);
    merged.offsets.push_back(0);
    std::vector<Neighbor> neighbors;
    for (std::size_t query = 0; query < queries; ++query) {
        neighbors.clear();
        for (const ShortlistsView& part : parts) append(part, query, neighbors);
        shorten(neighbors, k);
        append(neighbors, merged);
    }
    return merged;
}

NeighborTable settle(const ShortlistsView& lists, std::size_t k) {
    TableWriter writer(lists.queries(), k);
    std::vector<Neighbor> neighbors;
    for (std::size_t query = 0; query < lists.queries(); ++query) {
        neighbors.clear();
        append(lists, query, neighbors);
        if (neighbors.size() < k) {
            throw std::invalid_argument("expected k of at most " +
                                        std::to_string(neighbors.size()) +
                                        ", the number of candidates of query row " +
                                        std::to_string(query) + ", got k = " + std::to_string(k));
        }
        settle(neighbors, k);
        writer.write(query, neighbors);
    }
    return writer.finish();
}

}  // namespace twinscore
