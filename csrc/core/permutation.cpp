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
          shares_of_others_(group_is_synthetic.size(), 0.0) {
        for (const auto group : group_of_point) {
            shares_of_others_[static_cast<std::size_t>(group)] += 1.0;
        }
        const auto points = static_cast<double>(group_of_point.size());
        for (double& size : shares_of_others_) size /= points - size;
        for (auto arc = graph.offsets[0]; arc < graph.offsets[1]; ++arc) {
            out_weight_ += graph.weights[static_cast<std::size_t>(arc)];
        }
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
            double from_point = 0.0;
            for (auto arc = static_cast<std::size_t>(graph_.offsets[i]); arc < last; ++arc) {
                // Labels are random: a branch on them is guessed wrong half of the time.
                const auto target = static_cast<std::size_t>(graph_.targets[arc]);
                from_point += graph_.weights[arc] * static_cast<double>(labels[target] ^ labels[i]);
            }
            crossing[labels[i]] += from_point;
        }
        return {crossing[1], crossing[0]};
    }

    [[nodiscard]] ScorePair expected(const std::vector<std::uint8_t>& group_labels,
                                     std::size_t synthetic) const {
        std::array<double, 2> shares{};  // by the label of the group
        for (std::size_t group = 0; group < group_labels.size(); ++group) {
            shares[group_labels[group]] += shares_of_others_[group];
        }
        const auto real = static_cast<double>(group_of_point_.size() - synthetic);
        return {out_weight_ * real * shares[1],
                out_weight_ * static_cast<double>(synthetic) * shares[0]};
    }

    const GraphView& graph_;
    std::span<const std::int64_t> group_of_point_;
    std::vector<std::uint8_t> original_;
    // A group's size over the number of points outside of it.
    std::vector<double> shares_of_others_;
    double out_weight_ = 0.0;  // of every point: k
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
