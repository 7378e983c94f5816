#include "search/tile_schedule.hpp"

#include <utility>

namespace twinscore {

TileSchedule::TileSchedule(std::vector<TilePair> pairs, std::size_t tiles)
    : pairs_(std::move(pairs)), taken_(pairs_.size(), false), held_(tiles, false) {}

std::optional<TilePair> TileSchedule::take() {
    std::unique_lock lock(mutex_);
    while (!closed_ && first_ < pairs_.size()) {
        if (const auto pair = take_free()) return pair;
        freed_.wait(lock);
    }
    return std::nullopt;
}

std::optional<TilePair> TileSchedule::take_free() {
    for (std::size_t i = first_; i < pairs_.size(); ++i) {
        const TilePair pair = pairs_[i];
        if (taken_[i] || held_[pair.rows] || held_[pair.panels]) continue;
        taken_[i] = true;
        held_[pair.rows] = true;
        held_[pair.panels] = true;
        while (first_ < pairs_.size() && taken_[first_]) ++first_;
        return pair;
    }
    return std::nullopt;
}

void TileSchedule::give_back(TilePair pair) {
    const std::lock_guard lock(mutex_);
    held_[pair.rows] = false;
    held_[pair.panels] = false;
    freed_.notify_all();
}

void TileSchedule::close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    freed_.notify_all();
}

}  // namespace twinscore
