#include "candidates.hpp"

#include <algorithm>
#include <cmath>

#include "neighbor_table.hpp"

namespace twinscore {
namespace {

// Ties with the k-th neighbor must stay; and above the rounding of a conversion to float32.
constexpr double slack = (1.0 + 2.0 * tie_tolerance) * (1.0 + 0x1p-22);

constexpr std::size_t few = 8;

// Reorders the entries.
float kth_of_few(std::span<Candidate> entries, std::size_t k) {
    const auto kth = entries.begin() + static_cast<std::ptrdiff_t>(k - 1);
    std::nth_element(entries.begin(), kth, entries.end(),
                     [](const Candidate& a, const Candidate& b) { return a.upper < b.upper; });
    return kth->upper;
}

// Halves the range of values until k are below the middle and no more: counting is a pass without
// branches, where a partial sort mispredicts at every other entry. `known` is an upper bound.
float kth_of_many(std::span<const Candidate> entries, std::size_t k, float known) {
    thread_local std::vector<float> scratch;
    scratch.resize(entries.size());
    const std::span<float> uppers = scratch;
    for (std::size_t i = 0; i < uppers.size(); ++i) uppers[i] = entries[i].upper;
    float below = 0.0F;
    float enough = std::isfinite(known) ? known : *std::max_element(uppers.begin(), uppers.end());
    while (true) {
        const float middle = below + (enough - below) / 2.0F;
        if (!(below < middle && middle < enough)) return enough;
        std::uint32_t count = 0;
        for (const float upper : uppers) count += upper <= middle ? 1U : 0U;
        (count < k ? below : enough) = middle;
        if (count == k) return enough;
    }
}

}  // namespace

bool Candidates::offer(Candidate candidate, std::size_t k) {
    if (candidate.lower > limit_) return false;
    if (entries_.empty()) {
        tighten_at_ = 2 * k;
        entries_.reserve(tighten_at_ + 1);
    }
    entries_.push_back(candidate);
    // The first k make the limit; later ones wait until as many have gathered: a stale limit lets
    // more pairs through, lowering it costs passes over the entries.
    if (entries_.size() != k && entries_.size() <= tighten_at_) return false;
    tighten(k);
    return true;
}

void Candidates::tighten(std::size_t k) {
    const double enough =
        entries_.size() < few ? kth_of_few(entries_, k) : kth_of_many(entries_, k, limit_);
    limit_ = static_cast<float>(enough * slack);
    reach_ = static_cast<float>(static_cast<double>(limit_) / 2.0 * slack);
    std::size_t kept = 0;
    // Without branches: which entries stay is as good as random.
    for (const Candidate& entry : entries_) {
        entries_[kept] = entry;
        kept += entry.lower <= limit_ ? 1 : 0;
    }
    entries_.resize(kept);
    tighten_at_ = k + std::max(k, 2 * (kept - k));
}

std::span<const Candidate> Candidates::settle(std::size_t k) {
    if (entries_.size() > k) tighten(k);
    return entries_;
}

}  // namespace twinscore
