#include <cmath>
#include <cstdint>
#include <vector>

#include "expect.hpp"
#include "facts/patch_facts.hpp"
#include "facts/tone_facts.hpp"

using namespace twinscore;
using twinscore::testing::expect;

namespace {

constexpr std::size_t side = 64;

std::vector<std::uint8_t> patch_of(auto level_at) {
    std::vector<std::uint8_t> pixels;
    for (std::size_t y = 0; y < side; ++y) {
        for (std::size_t x = 0; x < side; ++x) {
            for (std::size_t channel = 0; channel < 3; ++channel) {
                pixels.push_back(static_cast<std::uint8_t>(level_at(x, y)));
            }
        }
    }
    return pixels;
}

PatchFacts facts_of(const std::vector<std::uint8_t>& pixels, std::size_t block = 8) {
    const std::vector<double> outwards{0.8, 0.8};
    return patch_facts({pixels, side, outwards, block});
}

void a_flat_patch_has_no_detail() {
    const auto facts = facts_of(patch_of([](std::size_t, std::size_t) { return 90; }));
    expect(facts.noise == 0.0 && facts.sharpness == 0.0, "no grain, no edge");
    expect(facts.blockiness == 0.0, "no step at a border and none elsewhere");
    expect(std::isnan(facts.aberration), "no edge to see parted colours by");
}

void steps_at_the_borders_of_blocks_are_blockiness() {
    const auto blocks = patch_of([](std::size_t x, std::size_t) { return 100 + x / 8 % 2 * 10; });
    expect(facts_of(blocks).blockiness > 1000.0, "all steps lie at borders");
    expect(std::isnan(facts_of(blocks, 0).blockiness), "unless nobody knows where these are");
}

void a_ramp_has_no_noise() {
    const auto facts = facts_of(patch_of([](std::size_t x, std::size_t y) { return 2 * x + y; }));
    expect(facts.noise < 1e-4, "its second differences are 0");
}

void tones_are_those_of_the_pixels() {
    const std::vector<std::uint8_t> white(3 * 16, 255);
    const auto facts = tone_facts({white, 4, 4});
    expect(facts.brightness == 255.0 && facts.whites == 100.0, "white is bright and clipped");
    expect(facts.saturation == 0.0 && facts.entropy == 0.0, "and has no colour");
    const std::vector<std::uint8_t> one{0, 0, 0};
    expect(tone_facts({one, 1, 1}).blacks == 100.0, "an image of one pixel is one");
}

}  // namespace

int main() {
    a_flat_patch_has_no_detail();
    steps_at_the_borders_of_blocks_are_blockiness();
    a_ramp_has_no_noise();
    tones_are_those_of_the_pixels();
}
