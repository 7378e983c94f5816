#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "basis/parallel_for.hpp"

namespace twinscore {

// A weighted neighbor graph in compressed rows: the arcs of point i are
// targets[offsets[i] .. offsets[i + 1]).
struct GraphView {
    std::span<const std::int64_t> offsets;
    std::span<const std::int64_t> targets;
    std::span<const double> weights;
};

struct ScorePair {
    double score;          // of the synthetic points among the real ones
    double reverse_score;  // of the real points among the synthetic ones

    friend bool operator==(const ScorePair&, const ScorePair&) = default;
};

// Scores of the graph under random relabellings: whole groups trade places, the graph stays.
// For each relabelling and direction: the weight of the arcs to the other side, over what it would
// be if every candidate outside the query's group were as likely a neighbor as any other.
// `group_of_point` holds 0 .. groups-1. The b-th score depends on `seed` and b alone.
[[nodiscard]] std::vector<ScorePair> permuted_scores(
    const GraphView& graph, std::span<const std::int64_t> group_of_point,
    std::span<const std::uint8_t> group_is_synthetic, std::size_t permutations, std::uint64_t seed,
    unsigned threads, Monitor& monitor);

}  // namespace twinscore
