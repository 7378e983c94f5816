#pragma once

// A reference may be searched block by block, by whoever holds a block, and the answers merged. The
// answer of one block is no list of k neighbors: whether distances count as one is decided from the
// nearest of all up, and a near row of another block may part what ties in this one, or tie what is
// parted. Shortlists keep distances as measured, and every row that may matter: the k nearest, and
// those that the tolerance of ties may still add. With r the k-th smallest distance of a block and
// s <= r that of all blocks, every place and tie of one search lies within s (1 + tolerance), hence
// within r (1 + tolerance). The same holds for some of the blocks merged, in any order.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "search/neighbor_table.hpp"

namespace twinscore {

// The list of query i is distances and ids [offsets[i] .. offsets[i + 1]), by (distance, id).
// Lists of fewer than k hold all that the blocks have to offer.
struct Shortlists {
    std::vector<std::int64_t> offsets;
    std::vector<double> distances;  // squared, as measured
    std::vector<std::int64_t> ids;
};

struct ShortlistsView {
    std::span<const std::int64_t> offsets;
    std::span<const double> distances;
    std::span<const std::int64_t> ids;

    ShortlistsView(const Shortlists& lists)
        : offsets(lists.offsets), distances(lists.distances), ids(lists.ids) {}

    // Throws std::invalid_argument where the arrays are no lists.
    ShortlistsView(std::span<const std::int64_t> offsets, std::span<const double> distances,
                   std::span<const std::int64_t> ids);

    [[nodiscard]] std::size_t queries() const { return offsets.size() - 1; }
};

// Orders by (distance, id) and drops what no search for k neighbors can need.
void shorten(std::vector<Neighbor>& neighbors, std::size_t k);

// Fills shortlists in any order, from any thread.
class ShortlistWriter {
  public:
    explicit ShortlistWriter(std::size_t queries) : lists_(queries) {}

    // `neighbors` as `shorten` leaves them.
    void write(std::size_t query, const std::vector<Neighbor>& neighbors) {
        lists_[query] = neighbors;
    }

    [[nodiscard]] Shortlists finish();

  private:
    std::vector<std::vector<Neighbor>> lists_;
};

// The shortlists of the same queries against all the blocks together. No id may be in two of them.
// Throws std::invalid_argument where they are not of equally many queries.
[[nodiscard]] Shortlists merge(std::span<const ShortlistsView> parts, std::size_t k);

// The answer of one search of all blocks: ties made equal, and listed.
// Throws std::invalid_argument naming the first query with fewer than k candidates.
[[nodiscard]] NeighborTable settle(const ShortlistsView& lists, std::size_t k);

}  // namespace twinscore
