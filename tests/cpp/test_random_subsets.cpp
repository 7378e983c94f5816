#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "expect.hpp"
#include "relabelling/lane_counter.hpp"
#include "relabelling/random_subsets.hpp"

using namespace twinscore;
using twinscore::testing::expect;

namespace {

void lanes_are_counted_each_for_itself() {
    SplitMix64 random(1);
    for (const std::size_t words : {0U, 1U, 7U, 8U, 9U, 1000U, 100'003U}) {
        LaneCounter counter;
        std::array<std::uint64_t, lanes> expected{};
        for (std::size_t i = 0; i < words; ++i) {
            const std::uint64_t word = random() | 1U;
            counter.add(word);
            for (std::size_t lane = 0; lane < lanes; ++lane) expected[lane] += word >> lane & 1U;
        }
        expect(counter.counts() == expected, "as one by one");
        std::array<double, lanes> sums{};
        counter.add_to(sums, 0.5);
        expect(sums[0] == 0.5 * static_cast<double>(words), "times the weight");
    }
}

void every_subset_has_the_size_asked_for() {
    SplitMix64 random(2);
    for (const std::size_t members : {1U, 2U, 5U, 64U, 1000U, 5000U}) {
        for (const std::size_t chosen :
             {std::size_t{0}, std::size_t{1}, members / 3, members / 2, members - 1, members}) {
            std::vector<std::uint64_t> words(members);
            draw_subsets(words, chosen, random);
            LaneCounter counter;
            for (const std::uint64_t word : words) counter.add(word);
            for (const std::uint64_t count : counter.counts()) {
                expect(count == chosen, "no member more or less");
            }
        }
    }
}

void every_subset_is_as_likely_as_any_other() {
    SplitMix64 random(3);
    std::array<double, 32> seen{};
    const std::size_t blocks = 3000;
    for (std::size_t block = 0; block < blocks; ++block) {
        std::array<std::uint64_t, 5> words{};
        draw_subsets(words, 2, random);
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            std::size_t subset = 0;
            for (std::size_t i = 0; i < words.size(); ++i) {
                subset |= static_cast<std::size_t>(words[i] >> lane & 1U) << i;
            }
            seen[subset] += 1.0;
        }
    }
    const double each = static_cast<double>(blocks * lanes) / 10.0;
    double chi_squared = 0.0;
    std::size_t subsets = 0;
    for (const double count : seen) {
        if (count == 0.0) continue;
        chi_squared += (count - each) * (count - each) / each;
        ++subsets;
    }
    expect(subsets == 10, "all ten pairs of five");
    expect(chi_squared < 27.9, "equally often (chi squared of 9 degrees, 0.1 %)");
}

void subsets_of_one_draw_do_not_depend_on_each_other() {
    SplitMix64 random(4);
    double together = 0.0;
    const std::size_t blocks = 4000;
    for (std::size_t block = 0; block < blocks; ++block) {
        std::array<std::uint64_t, 10> words{};
        draw_subsets(words, 5, random);
        for (std::size_t lane = 0; lane + 1 < lanes; ++lane) {
            together += static_cast<double>(words[0] >> lane & words[0] >> (lane + 1) & 1U);
        }
    }
    const double pairs = static_cast<double>(blocks * (lanes - 1));
    expect(std::abs(together / pairs - 0.25) < 4.0 * std::sqrt(0.1875 / pairs),
           "a member is in two of them as often as chance has it");
}

}  // namespace

int main() {
    lanes_are_counted_each_for_itself();
    every_subset_has_the_size_asked_for();
    every_subset_is_as_likely_as_any_other();
    subsets_of_one_draw_do_not_depend_on_each_other();
}
