#include "relabelling/random_subsets.hpp"

#include <algorithm>
#include <bit>

#include "relabelling/lane_counter.hpp"

namespace twinscore {
namespace {

constexpr unsigned digits = 10;

// Sets each bit with a chance of chance / 2^digits: a binary fraction is compared with a random
// one, the last digit that is not 0 first.
void draw_bits(std::span<std::uint64_t> words, std::size_t chance, SplitMix64& random) {
    const auto last = static_cast<unsigned>(std::countr_zero(chance));
    for (std::uint64_t& word : words) {
        word = 0;
        for (unsigned digit = last; digit < digits; ++digit) {
            const std::uint64_t drawn = random();
            word = (chance >> digit & 1U) != 0 ? drawn | word : drawn & word;
        }
    }
}

}  // namespace

void draw_subsets(std::span<std::uint64_t> words, std::size_t chosen, SplitMix64& random) {
    // Of the smaller part, and rather too few than too many: what is missing is found in two tries.
    const bool is_larger = 2 * chosen > words.size();
    const std::size_t members = is_larger ? words.size() - chosen : chosen;
    draw_bits(words, (members << digits) / std::max<std::size_t>(words.size(), 1), random);

    // Independent bits given their number are a random subset of that size, and remain one when
    // random members join or leave.
    LaneCounter counter;
    for (const std::uint64_t word : words) counter.add(word);
    const auto counts = counter.counts();
    for (std::size_t lane = 0; lane < lanes; ++lane) {
        const std::uint64_t bit = std::uint64_t{1} << lane;
        const std::uint64_t leaving = counts[lane] > members ? bit : 0;
        std::size_t moves = leaving != 0 ? counts[lane] - members
                                         : members - static_cast<std::size_t>(counts[lane]);
        while (moves > 0) {
            std::uint64_t& word = words[random.below(words.size())];
            if ((word & bit) != leaving) continue;
            word ^= bit;
            --moves;
        }
    }
    if (is_larger) {
        for (std::uint64_t& word : words) word = ~word;
    }
}

}  // namespace twinscore
