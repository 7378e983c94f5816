#include <algorithm>
#include <cmath>
#include <random>

#include "expect.hpp"
#include "search/candidates.hpp"
#include "search/kth_smallest.hpp"
#include "search/neighbor_table.hpp"

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

void many_neighbors_are_ordered_as_few_are() {
    std::mt19937 random(2);
    const auto uniform = [&random] { return static_cast<double>(random()) / 0x1p32; };
    for (const std::size_t count : {31U, 32U, 33U, 500U}) {
        for (int shape = 0; shape < 5; ++shape) {
            std::vector<Neighbor> neighbors(count);
            for (std::size_t i = 0; i < count; ++i) {
                const double value = uniform();
                const double distances[] = {value, std::pow(value, 40.0), std::floor(4.0 * value),
                                            i == 0 ? 0.0 : 1e300 * (1.0 + value), 5e-324};
                neighbors[i] = {distances[shape], static_cast<std::int64_t>(random() % 1000)};
            }
            auto ordered = neighbors;
            std::sort(ordered.begin(), ordered.end());
            const auto found = settled(neighbors, count);
            expect(std::equal(found.begin(), found.end(), ordered.begin(), ordered.end(),
                              [](const Neighbor& a, const Neighbor& b) {
                                  return a.distance == b.distance && a.id == b.id;
                              }),
                   "whatever the distances are like");
        }
    }
}

void the_kth_smallest_parts_the_k_smallest_from_the_rest() {
    std::mt19937 random(3);
    for (std::size_t k = 1; k <= 60; ++k) {
        std::vector<float> values(60);
        for (float& value : values) {
            value = (static_cast<float>(random() % 40) - 20.0F) * (k % 2 == 0 ? 0x1p-130F : 3e30F);
        }
        const float found = kth_smallest(values, k);
        std::sort(values.begin(), values.end());
        const auto within = std::upper_bound(values.begin(), values.end(), values[k - 1]);
        expect(std::upper_bound(values.begin(), values.end(), found) == within,
               "no other value lies within");
    }
}

void a_guess_holds_if_k_candidates_lie_within_it() {
    Candidates candidates;
    candidates.guess(2.0F);
    candidates.offer({1.0F, 1.5F, 0}, 2);
    candidates.offer({1.9F, 2.5F, 1}, 2);
    expect(!candidates.guess_holds(2), "the second may be farther than the guess");
    candidates.offer({1.0F, 2.0F, 2}, 2);
    expect(candidates.guess_holds(2), "two are surely within it, one just so");
    Candidates beyond;
    beyond.guess(2.0F);
    beyond.offer({1.0F, 2.0F * (1.0F + 0x1p-22F), 0}, 1);
    expect(!beyond.guess_holds(1), "a tie of the farthest might lie beyond the guess");
    expect(!candidates.offer({2.5F, 2.6F, 3}, 2) && candidates.size() == 3,
           "what lies beyond is refused");
    expect(Candidates().guess_holds(2), "nothing was guessed");
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
    many_neighbors_are_ordered_as_few_are();
    the_kth_smallest_parts_the_k_smallest_from_the_rest();
    a_guess_holds_if_k_candidates_lie_within_it();
    candidates_never_lose_a_neighbor_or_a_tie();
    candidates_stay_while_their_bracket_allows_it();
}
