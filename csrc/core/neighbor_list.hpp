#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace twinscore {

struct Neighbor {
    double distance;  // squared
    std::int64_t id;

    friend bool operator<(const Neighbor& a, const Neighbor& b) {
        return a.distance < b.distance || (a.distance == b.distance && a.id < b.id);
    }
};

// Distances that agree to this relative difference count as one distance: rounding must not order
// points that are equally far.
inline constexpr double tie_tolerance = 1e-12;

// The k nearest of the points offered so far, and every point that ties with the k-th of them.
class NeighborList {
  public:
    explicit NeighborList(std::size_t k) : k_(k) { entries_.reserve(k + 1); }

    // No point farther than this can enter; infinite until k points are known.
    [[nodiscard]] double threshold() const {
        return entries_.size() < k_ ? std::numeric_limits<double>::infinity()
                                    : entries_[k_ - 1].distance * (1.0 + tie_tolerance);
    }

    // Takes the point if it can still be among the k nearest or tie with them; says whether it did.
    bool offer(Neighbor candidate);

    // Makes tied distances equal and orders by (distance, id). The first k entries are the
    // neighbors, the others tie with the k-th. No more offers after this.
    const std::vector<Neighbor>& finish();

    // Entries now held: k and the ties beyond, fewer while the list fills.
    [[nodiscard]] std::size_t size() const { return entries_.size(); }

  private:
    std::size_t k_;
    std::vector<Neighbor> entries_;  // ordered
};

}  // namespace twinscore
