#include "permutation.hpp"

#include <algorithm>
#include <array>

namespace twinscore {
namespace {

constexpr std::size_t permutations_per_task = 16;

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

void shuffle(std::vector<std::uint8_t>& labels, SplitMix64& random) {
    for (std::size_t i = labels.size(); i > 1; --i) {
        std::swap(labels[i - 1], labels[random.below(i)]);
    }
}

class Relabeller {
  public:
    Relabeller(const GraphView& graph, std::span<const std::int64_t> group_of_point,
               std::span<const std::uint8_t> group_is_synthetic)
        : graph_(graph),
          group_of_point_(group_of_point),
          original_(group_is_synthetic.begin(), group_is_synthetic.end()),
          group_sizes_(group_is_synthetic.size(), 0) {
        for (const auto group : group_of_point) ++group_sizes_[static_cast<std::size_t>(group)];
    }

    [[nodiscard]] ScorePair scores(std::uint64_t seed, std::vector<std::uint8_t>& group_labels,
                                   std::vector<std::uint8_t>& labels) const {
        SplitMix64 random(seed);
        group_labels = original_;
        shuffle(group_labels, random);
        const std::size_t points = group_of_point_.size();
        labels.resize(points);
        std::size_t synthetic = 0;
        for (std::size_t i = 0; i < points; ++i) {
            labels[i] = group_labels[static_cast<std::size_t>(group_of_point_[i])];
            synthetic += labels[i];
        }
        const auto seen = observed(labels);
        const auto due = expected(group_labels, synthetic);
        return {seen.score / due.score, seen.reverse_score / due.reverse_score};
    }

  private:
    // Weight of the arcs synthetic -> real, and real -> synthetic.
    [[nodiscard]] ScorePair observed(const std::vector<std::uint8_t>& labels) const {
        std::array<double, 2> crossing{};  // by the label of the source
        for (std::size_t i = 0; i < labels.size(); ++i) {
            const auto last = static_cast<std::size_t>(graph_.offsets[i + 1]);
            for (auto arc = static_cast<std::size_t>(graph_.offsets[i]); arc < last; ++arc) {
                const auto target = static_cast<std::size_t>(graph_.targets[arc]);
                if (labels[target] != labels[i]) crossing[labels[i]] += graph_.weights[arc];
            }
        }
        return {crossing[1], crossing[0]};
    }

    [[nodiscard]] ScorePair expected(const std::vector<std::uint8_t>& group_labels,
                                     std::size_t synthetic) const {
        const std::size_t points = group_of_point_.size();
        std::array<double, 2> crossing{};
        for (std::size_t group = 0; group < group_labels.size(); ++group) {
            const auto size = static_cast<double>(group_sizes_[group]);
            const bool is_synthetic = group_labels[group] != 0;
            const auto others = static_cast<double>(is_synthetic ? points - synthetic : synthetic);
            crossing[is_synthetic ? 1 : 0] += size * others / (static_cast<double>(points) - size);
        }
        const double k = out_weight();
        return {k * crossing[1], k * crossing[0]};
    }

    // Every point has the same: k.
    [[nodiscard]] double out_weight() const {
        double total = 0.0;
        for (auto arc = graph_.offsets[0]; arc < graph_.offsets[1]; ++arc) {
            total += graph_.weights[static_cast<std::size_t>(arc)];
        }
        return total;
    }

    const GraphView& graph_;
    std::span<const std::int64_t> group_of_point_;
    std::vector<std::uint8_t> original_;
    std::vector<std::size_t> group_sizes_;
};

}  // namespace

std::vector<ScorePair> permuted_scores(const GraphView& graph,
                                       std::span<const std::int64_t> group_of_point,
                                       std::span<const std::uint8_t> group_is_synthetic,
                                       std::size_t permutations, std::uint64_t seed,
                                       unsigned threads, Monitor& monitor) {
    const Relabeller relabeller(graph, group_of_point, group_is_synthetic);
    std::vector<ScorePair> scores(permutations);
    const std::size_t tasks = (permutations + permutations_per_task - 1) / permutations_per_task;
    const auto body = [&](std::size_t task, Progress& progress) {
        std::vector<std::uint8_t> group_labels;
        std::vector<std::uint8_t> labels;
        const std::size_t last = std::min(permutations, (task + 1) * permutations_per_task);
        for (std::size_t b = task * permutations_per_task; b < last; ++b) {
            if (progress.stopped()) return;
            SplitMix64 stream(seed ^ SplitMix64(b)());
            scores[b] = relabeller.scores(stream(), group_labels, labels);
            progress.advance(1);
        }
    };
    parallel_for(tasks, threads, permutations, monitor, body);
    return scores;
}

}  // namespace twinscore
