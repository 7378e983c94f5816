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
    for (std::size_t k = 1; k <= 40; ++k) {
        std::vector<float> all(300);
        Candidates candidates;
        for (std::uint32_t i = 0; i < all.size(); ++i) {
            all[i] = static_cast<float>(random() % 50);
            candidates.offer({all[i], all[i], i}, k);
        }
        auto sorted = all;
        std::sort(sorted.begin(), sorted.end());
        const auto within = std::upper_bound(sorted.begin(), sorted.end(), sorted[k - 1]);
        expect(candidates.settle(k).size() == static_cast<std::size_t>(within - sorted.begin()),
               "the k nearest and all that tie with the k-th are kept, and no more");
        expect(candidates.limit() >= sorted[k - 1], "the limit is not below the k-th distance");
        expect(2.0F * candidates.reach() >= sorted[k - 1], "nor is twice the reach");
    }
}

void candidates_stay_while_their_bracket_allows_it() {
    Candidates candidates;
    candidates.offer({1.0F, 4.0F, 0}, 1);
    candidates.offer({3.0F, 5.0F, 1}, 1);
    expect(candidates.size() == 2, "brackets that overlap decide nothing");
    candidates.offer({1.0F, 2.0F, 2}, 1);
    expect(candidates.settle(1).size() == 2, "a row that is surely farther goes");
    expect(!candidates.offer({2.5F, 2.6F, 3}, 1) && candidates.size() == 2,
           "and does not come back");
}

}  // namespace

int main() {
    neighbors_are_ordered_by_distance_then_id();
    distances_that_differ_by_rounding_only_are_ties_in_order_of_id();
    candidates_never_lose_a_neighbor_or_a_tie();
    candidates_stay_while_their_bracket_allows_it();
}
