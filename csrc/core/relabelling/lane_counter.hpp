#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace twinscore {

inline constexpr std::size_t lanes = 64;

// Counts how often each of the 64 bits of words is set. Bit l of plane p is digit p of the count of
// lane l, so that one addition serves all lanes (carry-save adders, Harley and Seal 1996).
class LaneCounter {
  public:
    void add(std::uint64_t word) {
        waiting_[held_++] = word;
        if (held_ == waiting_.size()) fold();
    }

    // Adds to each sum the count of its lane, times `weight`.
    void add_to(std::array<double, lanes>& sums, double weight) {
        fold();
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            sums[lane] += weight * static_cast<double>(count_of(lane));
        }
    }

    [[nodiscard]] std::array<std::uint64_t, lanes> counts() {
        fold();
        std::array<std::uint64_t, lanes> all{};
        for (std::size_t lane = 0; lane < lanes; ++lane) all[lane] = count_of(lane);
        return all;
    }

  private:
    struct Sum {
        std::uint64_t digit;
        std::uint64_t carry;
    };

    static Sum sum_of(std::uint64_t a, std::uint64_t b, std::uint64_t c) {
        const std::uint64_t either = a ^ b;
        return {either ^ c, (a & b) | (either & c)};
    }

    void fold() {
        for (std::size_t i = held_; i < waiting_.size(); ++i) waiting_[i] = 0;
        held_ = 0;
        std::array<std::uint64_t, 4> twos{};
        for (std::size_t i = 0; i < twos.size(); ++i) {
            const Sum sum = sum_of(planes_[0], waiting_[2 * i], waiting_[2 * i + 1]);
            planes_[0] = sum.digit;
            twos[i] = sum.carry;
        }
        const Sum first = sum_of(planes_[1], twos[0], twos[1]);
        const Sum second = sum_of(first.digit, twos[2], twos[3]);
        planes_[1] = second.digit;
        const Sum fours = sum_of(planes_[2], first.carry, second.carry);
        planes_[2] = fours.digit;
        std::uint64_t carry = fours.carry;
        for (std::size_t plane = 3; carry != 0; ++plane) {
            const std::uint64_t next = planes_[plane] & carry;
            planes_[plane] ^= carry;
            carry = next;
        }
    }

    [[nodiscard]] std::uint64_t count_of(std::size_t lane) const {
        std::uint64_t count = 0;
        for (std::size_t plane = 0; plane < planes_.size(); ++plane) {
            count |= (planes_[plane] >> lane & 1U) << plane;
        }
        return count;
    }

    std::array<std::uint64_t, 8> waiting_{};
    std::size_t held_ = 0;
    std::array<std::uint64_t, 48> planes_{};
};

}  // namespace twinscore
