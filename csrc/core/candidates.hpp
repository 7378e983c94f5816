#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace twinscore {

// How far rough distances may be off: |rough - exact| <= relative * exact + absolute.
struct RoughError {
    double relative;
    double absolute;
};

struct Candidate {
    float distance;  // rough, of standardized rows
    std::uint32_t position;
};

// The rows that may still be among the k nearest of one row, or tie with them.
class Candidates {
  public:
    // No row with a larger rough distance can be among the k nearest; infinite until k are known.
    [[nodiscard]] float limit() const { return limit_; }

    // Half of the largest exact distance that still matters: `reach` in sketch.hpp.
    [[nodiscard]] float reach() const { return reach_; }

    // Takes a row if it can matter; says whether that lowered the limit.
    bool offer(Candidate candidate, std::size_t k, const RoughError& error);

    // What is left after the last offer, in no order.
    const std::vector<Candidate>& settle(std::size_t k, const RoughError& error);

    [[nodiscard]] std::size_t size() const { return entries_.size(); }

  private:
    void tighten(std::size_t k, const RoughError& error);

    std::vector<Candidate> entries_;
    std::size_t tighten_at_ = 0;
    float limit_ = std::numeric_limits<float>::infinity();
    float reach_ = std::numeric_limits<float>::max();
};

}  // namespace twinscore
