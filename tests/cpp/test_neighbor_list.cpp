#include <algorithm>
#include <limits>
#include <random>

#include "expect.hpp"
#include "neighbor_list.hpp"

using twinscore::Neighbor;
using twinscore::NeighborList;
using twinscore::testing::expect;

namespace {

void keeps_the_nearest_in_order_whatever_the_order_of_offers() {
    std::mt19937 random(1);
    for (std::size_t k = 1; k <= 6; ++k) {
        std::vector<Neighbor> all;
        for (std::int64_t id = 0; id < 40; ++id) {
            all.push_back({static_cast<double>(random() % 8), id});
        }
        NeighborList list(k);
        auto offers = all;
        std::shuffle(offers.begin(), offers.end(), random);
        for (const auto& offer : offers) list.offer(offer);

        std::sort(all.begin(), all.end());
        const double last = all[k - 1].distance;
        const auto end = std::find_if(all.begin(), all.end(),
                                      [last](const Neighbor& n) { return n.distance > last; });
        const auto& entries = list.finish();
        expect(entries.size() == static_cast<std::size_t>(end - all.begin()),
               "the k nearest and all ties with the k-th are kept");
        for (std::size_t i = 0; i < entries.size(); ++i) {
            expect(entries[i].id == all[i].id && entries[i].distance == all[i].distance,
                   "entries are ordered by distance, then id");
        }
    }
}

void refuses_what_cannot_enter() {
    NeighborList list(1);
    expect(list.threshold() == std::numeric_limits<double>::infinity(), "an open list takes all");
    expect(list.offer({4.0, 7}), "the first point enters");
    expect(!list.offer({4.1, 1}), "a farther point does not");
    expect(list.offer({3.0, 9}), "a nearer point does");
    expect(list.size() == 1, "and pushes the other out");
}

void distances_that_differ_by_rounding_only_are_ties_in_order_of_id() {
    NeighborList list(2);
    list.offer({1.0, 5});
    list.offer({1.0 + 4e-13, 2});
    list.offer({1.0 + 2e-13, 8});
    list.offer({1.0 + 1e-11, 1});
    const auto& entries = list.finish();
    expect(entries.size() == 3, "the point outside the tolerance is no tie");
    expect(entries[0].id == 2 && entries[1].id == 5 && entries[2].id == 8, "ties go by id");
    expect(entries[0].distance == 1.0 && entries[2].distance == 1.0, "ties share one distance");
}

}  // namespace

int main() {
    keeps_the_nearest_in_order_whatever_the_order_of_offers();
    refuses_what_cannot_enter();
    distances_that_differ_by_rounding_only_are_ties_in_order_of_id();
}
