#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

namespace twinscore {

struct TilePair {
    std::uint32_t rows;
    std::uint32_t panels;
};

// Hands out the pairs of a self-join so that no tile is in two hands at once. Pairs come about in
// the order given: near ones first make the later ones cheap.
class TileSchedule {
  public:
    TileSchedule(std::vector<TilePair> pairs, std::size_t tiles);

    // A pair whose tiles nobody holds, waiting for one if need be; nothing when all are given out
    // or the schedule was closed.
    [[nodiscard]] std::optional<TilePair> take();
    void give_back(TilePair pair);

    // Wakes everyone; nothing is handed out any more.
    void close();

  private:
    [[nodiscard]] std::optional<TilePair> take_free();

    std::mutex mutex_;
    std::condition_variable freed_;
    std::vector<TilePair> pairs_;
    std::vector<bool> taken_;
    std::vector<bool> held_;
    std::size_t first_ = 0;  // all pairs before it are taken
    bool closed_ = false;
};

}  // namespace twinscore
