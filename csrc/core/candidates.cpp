#include "candidates.hpp"

#include <algorithm>

#include "neighbor_table.hpp"

namespace twinscore {
namespace {

// Ties with the k-th neighbor must stay; and above the rounding of a conversion to float32.
constexpr double slack = (1.0 + 2.0 * tie_tolerance) * (1.0 + 0x1p-22);

// Entries that may gather before the limit is lowered again: a stale limit lets more pairs
// through, lowering it costs a pass over the entries.
constexpr std::size_t patience(std::size_t k) { return k < 32 ? k / 2 : k; }

}  // namespace

bool Candidates::offer(Candidate candidate, std::size_t k) {
    if (candidate.lower > limit_) return false;
    if (entries_.empty()) {
        tighten_at_ = k + patience(k);
        entries_.reserve(tighten_at_ + 1);
    }
    entries_.push_back(candidate);
    // The first k make the limit; later ones wait until a few have gathered.
    if (entries_.size() != k && entries_.size() <= tighten_at_) return false;
    tighten(k);
    return true;
}

void Candidates::tighten(std::size_t k) {
    const auto last = entries_.begin() + static_cast<std::ptrdiff_t>(k - 1);
    std::nth_element(entries_.begin(), last, entries_.end(),
                     [](const Candidate& a, const Candidate& b) { return a.upper < b.upper; });
    limit_ = static_cast<float>(static_cast<double>(last->upper) * slack);
    reach_ = static_cast<float>(static_cast<double>(limit_) / 2.0 * slack);
    entries_.erase(std::remove_if(last + 1, entries_.end(),
                                  [this](const Candidate& c) { return c.lower > limit_; }),
                   entries_.end());
    tighten_at_ = k + std::max(patience(k), 2 * (entries_.size() - k));
}

const std::vector<Candidate>& Candidates::settle(std::size_t k) {
    if (entries_.size() > k) tighten(k);
    return entries_;
}

}  // namespace twinscore
