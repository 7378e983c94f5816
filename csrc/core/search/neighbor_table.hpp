#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "basis/unset_vector.hpp"

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

// Makes tied distances equal, orders by (distance, id) and drops what is farther than the k-th
// place: the first k are the neighbors, the others tie with the k-th.
void settle(std::vector<Neighbor>& neighbors, std::size_t k);

// Ids of ties in one table at most, unless it has more rows: beyond, the longest lists hold
// samples.
inline constexpr std::size_t most_listed_ties = std::size_t{1} << 20;

// Row i holds the k neighbors of query i, ordered by (distance, id); the points that tie with its
// k-th neighbor beyond those are tie_ids[tie_offsets[i] .. tie_offsets[i + 1]), in order of id.
// Where lists are samples, evenly spread over all that tie, tie_counts says how many those are; it
// is empty where all lists are complete.
struct NeighborTable {
    UnsetVector<double> distances;  // squared
    UnsetVector<std::int64_t> ids;
    std::vector<std::int64_t> tie_offsets;
    std::vector<std::int64_t> tie_ids;
    std::vector<std::int64_t> tie_counts;
};

// Fills a table row by row, in any order, from any thread; ties wait until all are known.
class TableWriter {
  public:
    TableWriter(std::size_t rows, std::size_t k);

    // `neighbors` as `settle` leaves them.
    void write(std::size_t row, const std::vector<Neighbor>& neighbors);

    [[nodiscard]] NeighborTable finish();

  private:
    std::size_t k_;
    NeighborTable table_;
    std::vector<std::vector<std::int64_t>> ties_;
};

}  // namespace twinscore
