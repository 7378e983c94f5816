#include "search/candidates.hpp"

#include <algorithm>
#include <cmath>

#include "search/kth_smallest.hpp"
#include "search/neighbor_table.hpp"

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

float kth_of_many(std::span<const Candidate> entries, std::size_t k) {
    thread_local std::vector<float> uppers;
    uppers.resize(entries.size());
    for (std::size_t i = 0; i < uppers.size(); ++i) uppers[i] = entries[i].upper;
    return kth_smallest(uppers, k);
}

// What a limit must be for all that ties with a row at this distance.
float limit_for(double distance) { return static_cast<float>(distance * slack); }

}  // namespace

// The first k make a limit, unless there is a guess. Later ones wait until as many have gathered: a
// stale limit lets more pairs through, lowering it costs passes over the entries.
void Candidates::prepare(std::size_t k) {
    entries_.reserve(2 * k + 1);
    tighten_at_ = std::isinf(limit_) ? k : 2 * k + 1;
}

void Candidates::guess(float distance) {
    guess_ = limit_for(static_cast<double>(distance));
    lower_limit(guess_);
}

void Candidates::bound(double distance) { lower_limit(limit_for(distance)); }

bool Candidates::guess_holds(std::size_t k) const {
    if (std::isinf(guess_)) return true;
    const auto within =
        std::count_if(entries_.begin(), entries_.end(), [this](const Candidate& entry) {
            return limit_for(static_cast<double>(entry.upper)) <= guess_;
        });
    return static_cast<std::size_t>(within) >= k;
}

void Candidates::lower_limit(float limit) {
    limit_ = std::min(limit_, limit);
    reach_ = static_cast<float>(static_cast<double>(limit_) / 2.0 * slack);
}

void Candidates::tighten(std::size_t k) {
    const float kth = entries_.size() < few ? kth_of_few(entries_, k) : kth_of_many(entries_, k);
    lower_limit(limit_for(static_cast<double>(kth)));
    std::size_t kept = 0;
    // Without branches: which entries stay is as good as random.
    for (const Candidate& entry : entries_) {
        entries_[kept] = entry;
        kept += entry.lower <= limit_ ? 1 : 0;
    }
    entries_.resize(kept);
    tighten_at_ = k + std::max(k, 2 * (kept - k)) + 1;
}

std::span<const Candidate> Candidates::settle(std::size_t k) {
    if (entries_.size() > k) tighten(k);
    return entries_;
}

}  // namespace twinscore
