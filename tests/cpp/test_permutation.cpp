#include <cmath>
#include <numeric>

#include "expect.hpp"
#include "relabelling/permutation.hpp"

using namespace twinscore;
using twinscore::testing::expect;

namespace {

// A ring: the neighbor of each point is the next one.
struct Ring {
    explicit Ring(std::size_t points) : offsets(points + 1), targets(points), weights(points, 1.0) {
        std::iota(offsets.begin(), offsets.end(), 0);
        for (std::size_t i = 0; i < points; ++i) {
            targets[i] = static_cast<std::int64_t>((i + 1) % points);
        }
    }

    [[nodiscard]] GraphView view() const { return {offsets, targets, weights}; }

    std::vector<std::int64_t> offsets;
    std::vector<std::int64_t> targets;
    std::vector<double> weights;
};

std::vector<ScorePair> scores_of(const Ring& ring, unsigned threads, std::uint64_t seed) {
    SilentMonitor monitor;
    const std::size_t points = ring.targets.size();
    std::vector<std::int64_t> groups(points);
    std::iota(groups.begin(), groups.end(), 0);
    std::vector<std::uint8_t> synthetic(points, 0);
    for (std::size_t i = 0; i < points / 3; ++i) synthetic[i] = 1;
    return permuted_scores(ring.view(), groups, synthetic, 4000, seed, threads, monitor);
}

void the_mean_score_of_random_labels_is_one() {
    const auto scores = scores_of(Ring(60), 2, 1);
    double mean = 0.0;
    double reverse_mean = 0.0;
    for (const auto& pair : scores) {
        mean += pair.score / 4000.0;
        reverse_mean += pair.reverse_score / 4000.0;
    }
    expect(std::abs(mean - 1.0) < 0.02, "the mean over relabellings is 1");
    expect(std::abs(reverse_mean - 1.0) < 0.02, "and so is that of the other direction");
}

void scores_depend_on_the_seed_and_not_on_threads() {
    const Ring ring(60);
    expect(scores_of(ring, 1, 5) == scores_of(ring, 3, 5), "threads change nothing");
    expect(scores_of(ring, 1, 5) != scores_of(ring, 1, 6), "the seed does");
}

}  // namespace

int main() {
    the_mean_score_of_random_labels_is_one();
    scores_depend_on_the_seed_and_not_on_threads();
}
