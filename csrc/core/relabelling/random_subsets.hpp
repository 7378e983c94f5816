#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace twinscore {

// SplitMix64: a full-period generator whose streams start anywhere at no cost.
class SplitMix64 {
  public:
    explicit SplitMix64(std::uint64_t seed) : state_(seed) {}

    std::uint64_t operator()() {
        std::uint64_t z = state_ += 0x9E3779B97F4A7C15U;
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
        return z ^ (z >> 31U);
    }

    // Uniform in [0, bound) for bounds below 2^32; the bias is below 2^-32.
    std::size_t below(std::size_t bound) {
        return static_cast<std::size_t>(((*this)() >> 32U) * bound >> 32U);
    }

  private:
    std::uint64_t state_;
};

// Draws 64 random subsets of `chosen` members, independent of one another, each as likely as any
// other: bit l of word i tells whether the i-th member is in subset l.
void draw_subsets(std::span<std::uint64_t> words, std::size_t chosen, SplitMix64& random);

}  // namespace twinscore
