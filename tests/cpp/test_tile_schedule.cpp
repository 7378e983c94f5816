#include <atomic>

#include "basis/joined_threads.hpp"
#include "expect.hpp"
#include "search/tile_schedule.hpp"

using namespace twinscore;
using twinscore::testing::expect;

namespace {

std::vector<TilePair> all_pairs(std::uint32_t tiles) {
    std::vector<TilePair> pairs;
    for (std::uint32_t i = 0; i < tiles; ++i) {
        for (std::uint32_t j = i; j < tiles; ++j) pairs.push_back({i, j});
    }
    return pairs;
}

void every_pair_is_handed_out_once_and_no_tile_twice_at_a_time() {
    constexpr std::uint32_t tiles = 9;
    TileSchedule schedule(all_pairs(tiles), tiles);
    std::vector<std::atomic<int>> holders(tiles);
    std::atomic<int> handed_out{0};
    {
        JoinedThreads workers;
        for (int worker = 0; worker < 4; ++worker) {
            workers.start([&] {
                while (const auto pair = schedule.take()) {
                    expect(++holders[pair->rows] == 1, "the rows are in one hand");
                    if (pair->panels != pair->rows) {
                        expect(++holders[pair->panels] == 1, "the panels are in one hand");
                        --holders[pair->panels];
                    }
                    --holders[pair->rows];
                    ++handed_out;
                    schedule.give_back(*pair);
                }
            });
        }
    }
    expect(handed_out == tiles * (tiles + 1) / 2, "every pair is handed out");
}

void a_closed_schedule_hands_out_nothing() {
    TileSchedule schedule(all_pairs(3), 3);
    const auto held = schedule.take();
    expect(held.has_value(), "an open schedule hands out");
    schedule.close();
    expect(!schedule.take().has_value(), "a closed one does not, whoever holds what");
}

}  // namespace

int main() {
    every_pair_is_handed_out_once_and_no_tile_twice_at_a_time();
    a_closed_schedule_hands_out_nothing();
}
