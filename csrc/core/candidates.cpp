#include "candidates.hpp"

#include <algorithm>

#include "neighbor_table.hpp"

namespace twinscore {
namespace {

constexpr double slack = 1.0 + 1e-6;  // above the rounding of a conversion to float32

// Entries that may gather before the limit is lowered again: a stale limit lets more pairs
// through, lowering it costs a pass over the entries.
constexpr std::size_t patience(std::size_t k) { return k < 32 ? k / 2 : k; }

}  // namespace

bool Candidates::offer(Candidate candidate, std::size_t k, const RoughError& error) {
    if (candidate.distance > limit_) return false;
    if (entries_.empty()) {
        tighten_at_ = k + patience(k);
        entries_.reserve(tighten_at_ + 1);
    }
    entries_.push_back(candidate);
    // The first k make the limit; later ones wait until a few have gathered.
    if (entries_.size() != k && entries_.size() <= tighten_at_) return false;
    tighten(k, error);
    return true;
}

void Candidates::tighten(std::size_t k, const RoughError& error) {
    const auto last = entries_.begin() + static_cast<std::ptrdiff_t>(k - 1);
    std::nth_element(
        entries_.begin(), last, entries_.end(),
        [](const Candidate& a, const Candidate& b) { return a.distance < b.distance; });
    const double exact =
        (static_cast<double>(last->distance) * (1.0 + error.relative) + error.absolute) *
        (1.0 + 2.0 * tie_tolerance);
    limit_ = static_cast<float>((exact * (1.0 + error.relative) + error.absolute) * slack);
    reach_ = static_cast<float>(exact / 2.0 * slack);
    entries_.erase(std::remove_if(last + 1, entries_.end(),
                                  [this](const Candidate& c) { return c.distance > limit_; }),
                   entries_.end());
    tighten_at_ = k + std::max(patience(k), 2 * (entries_.size() - k));
}

const std::vector<Candidate>& Candidates::settle(std::size_t k, const RoughError& error) {
    if (entries_.size() > k) tighten(k, error);
    return entries_;
}

}  // namespace twinscore
