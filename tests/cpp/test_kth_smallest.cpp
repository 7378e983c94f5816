#include <algorithm>
#include <random>
#include <vector>

#include "expect.hpp"
#include "search/kth_smallest.hpp"

using namespace twinscore;
using twinscore::testing::expect;

namespace {

void expect_the_k_smallest(const std::vector<float>& values, std::size_t k) {
    std::vector<float> sorted = values;
    std::ranges::sort(sorted);
    const float bound = kth_smallest(values, k);
    expect(sorted[k - 1] <= bound, "the k smallest do not exceed it");
    expect(k == values.size() || sorted[k] == sorted[k - 1] || bound < sorted[k],
           "the next does, unless it equals the k-th");
}

void the_bound_parts_the_k_smallest_from_the_others() {
    std::mt19937 random(1);
    for (const std::size_t count : {1U, 2U, 63U, 511U, 512U, 513U, 2000U}) {
        for (const std::uint32_t distinct : {1U, 3U, 1U << 20U}) {
            std::vector<float> values(count);
            for (float& value : values) value = static_cast<float>(random() % distinct) - 7.0F;
            for (std::size_t k = 1; k <= count; k += 1 + count / 37) {
                expect_the_k_smallest(values, k);
            }
            expect_the_k_smallest(values, count);
        }
    }
}

// The few values that tell where the k smallest lie are taken at even steps.
void values_that_mislead_a_sample_change_nothing() {
    for (const std::size_t k : {1U, 10U, 100U}) {
        std::vector<float> values(1280);
        for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
        for (std::size_t i = 0; i < values.size(); i += 20) values[i] -= 1e6F;
        expect_the_k_smallest(values, k);
        for (std::size_t i = 0; i < values.size(); i += 20) values[i] += 2e6F;
        expect_the_k_smallest(values, k);
    }
}

}  // namespace

int main() {
    the_bound_parts_the_k_smallest_from_the_others();
    values_that_mislead_a_sample_change_nothing();
}
