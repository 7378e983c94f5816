#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "basis/parallel_for.hpp"

namespace twinscore {

// Neighbors in order of distance: those of point i are ids[i * width .. (i + 1) * width).
struct OrderedLists {
    std::span<const std::int64_t> ids;
    std::size_t width;
};

// What becomes of a point when points are kept at random, independent of one another.
struct KeptPoint {
    double kept;   // chance to be kept
    double other;  // the same if it is on the other side, else 0
};

// For each list, the chance that the nearest of its points that is kept is on the other side, given
// that one of them is kept; 0 where none can be. Exact to 1e-12; a list is read until that is
// known.
void first_kept_shares(const OrderedLists& lists, std::span<const KeptPoint> points,
                       std::span<double> shares, unsigned threads, Monitor& monitor);

}  // namespace twinscore
