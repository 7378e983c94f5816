#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace twinscore {

// A row that may be a neighbor, and what is known of its squared distance (standardized).
struct Candidate {
    float lower;
    float upper;
    std::uint32_t position;
};

// The rows that may still be among the k nearest of one row, or tie with them.
class Candidates {
  public:
    // Takes for granted that k rows are no farther, until `guess_holds` is asked.
    void guess(float distance);

    // Takes it that rows farther than this have no place; proven elsewhere.
    void bound(double distance);

    // Whether what came to light bears the guess out. If not, neighbors may have been lost.
    [[nodiscard]] bool guess_holds(std::size_t k) const;

    // Rows farther than this are not taken; infinite until k are known or guessed.
    [[nodiscard]] float limit() const { return limit_; }

    // Half of the limit, and finite: `reach` in sketch.hpp.
    [[nodiscard]] float reach() const { return reach_; }

    // Takes a row if it can matter; says whether that lowered the limit.
    bool offer(Candidate candidate, std::size_t k) {
        if (candidate.lower > limit_) return false;
        if (entries_.empty()) prepare(k);
        entries_.push_back(candidate);
        if (entries_.size() < tighten_at_) return false;
        tighten(k);
        return true;
    }

    // What is left after the last offer, in no order.
    [[nodiscard]] std::span<const Candidate> settle(std::size_t k);

    // What `settle` left.
    [[nodiscard]] std::span<const Candidate> settled() const { return entries_; }

    [[nodiscard]] std::size_t size() const { return entries_.size(); }

  private:
    void prepare(std::size_t k);
    void lower_limit(float limit);
    void tighten(std::size_t k);

    std::vector<Candidate> entries_;
    std::size_t tighten_at_ = 0;  // entries
    float guess_ = std::numeric_limits<float>::infinity();
    float limit_ = std::numeric_limits<float>::infinity();
    float reach_ = std::numeric_limits<float>::max();
};

}  // namespace twinscore
