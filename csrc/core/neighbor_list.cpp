#include "neighbor_list.hpp"

#include <algorithm>

namespace twinscore {

bool NeighborList::offer(Neighbor candidate) {
    if (candidate.distance > threshold()) return false;
    entries_.insert(std::upper_bound(entries_.begin(), entries_.end(), candidate), candidate);
    const double limit = threshold();
    while (entries_.back().distance > limit) entries_.pop_back();
    return true;
}

const std::vector<Neighbor>& NeighborList::finish() {
    for (auto first = entries_.begin(); first != entries_.end();) {
        const double nearest = first->distance;
        const double limit = nearest * (1.0 + tie_tolerance);
        const auto last = std::find_if(first, entries_.end(),
                                       [limit](const Neighbor& n) { return n.distance > limit; });
        for (auto tied = first; tied != last; ++tied) tied->distance = nearest;
        std::sort(first, last);
        if (static_cast<std::size_t>(last - entries_.begin()) >= k_) {
            entries_.erase(last, entries_.end());
            break;
        }
        first = last;
    }
    return entries_;
}

}  // namespace twinscore
