#include <algorithm>
#include <random>

#include "candidates.hpp"
#include "expect.hpp"
#include "neighbor_table.hpp"

using namespace twinscore;
using twinscore::testing::expect;

namespace {

std::vector<Neighbor> settled(std::vector<Neighbor> neighbors, std::size_t k) {
    settle(neighbors, k);
    return neighbors;
}

void neighbors_are_ordered_by_distance_then_id() {
    const auto found = settled({{3.0, 1}, {1.0, 9}, {1.0, 4}, {2.0, 2}}, 3);
    expect(found.size() == 3, "what lies beyond the k-th is dropped");
    expect(found[0].id == 4 && found[1].id == 9 && found[2].id == 2, "by distance, then id");
}

void distances_that_differ_by_rounding_only_are_ties_in_order_of_id() {
    const auto found = settled({{1.0, 5}, {1.0 + 4e-13, 2}, {1.0 + 2e-13, 8}, {1.0 + 1e-11, 1}}, 2);
    expect(found.size() == 3, "the point outside the tolerance is no tie");
    expect(found[0].id == 2 && found[1].id == 5 && found[2].id == 8, "ties go by id");
    expect(found[0].distance == 1.0 && found[2].distance == 1.0, "ties share one distance");
}

void candidates_never_lose_a_neighbor_or_a_tie() {
    std::mt19937 random(1);
    const RoughError error{1e-5, 0.0};
    for (std::size_t k = 1; k <= 20; ++k) {
        std::vector<float> all(300);
        for (auto& value : all) value = static_cast<float>(random() % 50);
        Candidates candidates;
        for (std::uint32_t i = 0; i < all.size(); ++i) candidates.offer({all[i], i}, k, error);
        auto sorted = all;
        std::sort(sorted.begin(), sorted.end());
        const auto within = std::upper_bound(sorted.begin(), sorted.end(), sorted[k - 1]);
        expect(
            candidates.settle(k, error).size() == static_cast<std::size_t>(within - sorted.begin()),
            "the k nearest and all that tie with the k-th are kept, and no more");
        expect(candidates.limit() >= sorted[k - 1], "the limit is not below the k-th distance");
        expect(2.0F * candidates.reach() >= sorted[k - 1], "nor is twice the reach");
    }
}

}  // namespace

int main() {
    neighbors_are_ordered_by_distance_then_id();
    distances_that_differ_by_rounding_only_are_ties_in_order_of_id();
    candidates_never_lose_a_neighbor_or_a_tie();
}
