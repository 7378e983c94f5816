#include "relabelling/permutation.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <stdexcept>

#include "relabelling/lane_counter.hpp"
#include "relabelling/random_subsets.hpp"

namespace twinscore {
namespace {

// Arcs, or groups, that count alike: those from the end of the class before up to `end`.
struct WeightClass {
    double weight;
    std::size_t end;
};

struct Arc {
    std::uint32_t source;  // groups
    std::uint32_t target;
};

// Places 0 .. n-1 in ascending order of their weights, and where each weight ends.
std::vector<WeightClass> classes_of(std::span<const double> weights,
                                    std::vector<std::size_t>& places) {
    places.resize(weights.size());
    std::iota(places.begin(), places.end(), std::size_t{0});
    std::ranges::stable_sort(places, {}, [&](std::size_t place) { return weights[place]; });
    std::vector<WeightClass> classes;
    for (std::size_t i = 0; i < places.size(); ++i) {
        const double weight = weights[places[i]];
        if (classes.empty() || classes.back().weight != weight) classes.push_back({weight, 0});
        classes.back().end = i + 1;
    }
    return classes;
}

// Sixty-four relabellings at once: a bit of a word belongs to each of them.
class Relabeller {
  public:
    Relabeller(const GraphView& graph, std::span<const std::int64_t> group_of_point,
               std::span<const std::uint8_t> group_is_synthetic)
        : points_(static_cast<double>(group_of_point.size())),
          synthetic_groups_(static_cast<std::size_t>(
              std::count_if(group_is_synthetic.begin(), group_is_synthetic.end(),
                            [](std::uint8_t synthetic) { return synthetic != 0; }))) {
        if (group_is_synthetic.size() > std::numeric_limits<std::uint32_t>::max()) {
            throw std::length_error("expected fewer than 2^32 groups");
        }
        sort_groups(group_of_point, group_is_synthetic.size());
        sort_arcs(graph, group_of_point);
        for (auto arc = graph.offsets[0]; arc < graph.offsets[1]; ++arc) {
            out_weight_ += graph.weights[static_cast<std::size_t>(arc)];
        }
    }

    void score(std::uint64_t seed, std::span<ScorePair> scores) const {
        std::vector<std::uint64_t> is_synthetic(groups_.size());
        SplitMix64 random(seed);
        draw_subsets(is_synthetic, synthetic_groups_, random);
        const Crossings seen = observed(is_synthetic);
        const Crossings due = expected(is_synthetic);
        for (std::size_t lane = 0; lane < scores.size(); ++lane) {
            scores[lane] = {seen.out[lane] / due.out[lane], seen.back[lane] / due.back[lane]};
        }
    }

  private:
    // Weight of the arcs synthetic -> real, and real -> synthetic, of each relabelling.
    struct Crossings {
        std::array<double, lanes> out{};
        std::array<double, lanes> back{};
    };

    void sort_groups(std::span<const std::int64_t> group_of_point, std::size_t groups) {
        std::vector<double> sizes(groups, 0.0);
        for (const auto group : group_of_point) sizes[static_cast<std::size_t>(group)] += 1.0;
        sizes_ = classes_of(sizes, groups_);
    }

    void sort_arcs(const GraphView& graph, std::span<const std::int64_t> group_of_point) {
        std::vector<std::uint32_t> sources(graph.targets.size());
        for (std::size_t i = 0; i < group_of_point.size(); ++i) {
            const auto first = static_cast<std::size_t>(graph.offsets[i]);
            const auto last = static_cast<std::size_t>(graph.offsets[i + 1]);
            std::fill(sources.begin() + static_cast<std::ptrdiff_t>(first),
                      sources.begin() + static_cast<std::ptrdiff_t>(last),
                      static_cast<std::uint32_t>(group_of_point[i]));
        }
        std::vector<std::size_t> places;
        weights_ = classes_of(graph.weights, places);
        arcs_.reserve(places.size());
        for (const std::size_t place : places) {
            const auto target = static_cast<std::size_t>(graph.targets[place]);
            arcs_.push_back({sources[place], static_cast<std::uint32_t>(group_of_point[target])});
        }
    }

    [[nodiscard]] Crossings observed(std::span<const std::uint64_t> is_synthetic) const {
        Crossings crossings;
        std::size_t place = 0;
        for (const WeightClass& alike : weights_) {
            LaneCounter out;
            LaneCounter back;
            for (; place < alike.end; ++place) {
                const std::uint64_t source = is_synthetic[arcs_[place].source];
                const std::uint64_t target = is_synthetic[arcs_[place].target];
                out.add(source & ~target);
                back.add(target & ~source);
            }
            out.add_to(crossings.out, alike.weight);
            back.add_to(crossings.back, alike.weight);
        }
        return crossings;
    }

    // What the crossings would weigh if every point outside a query's group were as likely a
    // neighbor as any other.
    [[nodiscard]] Crossings expected(std::span<const std::uint64_t> is_synthetic) const {
        std::array<double, lanes> synthetic{};
        std::array<double, lanes> synthetic_shares{};
        double shares = 0.0;
        std::size_t place = 0;
        for (const WeightClass& alike : sizes_) {
            LaneCounter counter;
            // A group's size over the number of points outside of it.
            const double share = alike.weight / (points_ - alike.weight);
            shares += share * static_cast<double>(alike.end - place);
            for (; place < alike.end; ++place) counter.add(is_synthetic[groups_[place]]);
            counter.add_to(synthetic, alike.weight);
            counter.add_to(synthetic_shares, share);
        }
        Crossings due;
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            due.out[lane] = out_weight_ * (points_ - synthetic[lane]) * synthetic_shares[lane];
            due.back[lane] = out_weight_ * synthetic[lane] * (shares - synthetic_shares[lane]);
        }
        return due;
    }

    double points_;
    std::size_t synthetic_groups_;
    double out_weight_ = 0.0;          // of every point: k
    std::vector<std::size_t> groups_;  // in the order of their sizes
    std::vector<WeightClass> sizes_;
    std::vector<Arc> arcs_;  // in the order of their weights
    std::vector<WeightClass> weights_;
};

}  // namespace

std::vector<ScorePair> permuted_scores(const GraphView& graph,
                                       std::span<const std::int64_t> group_of_point,
                                       std::span<const std::uint8_t> group_is_synthetic,
                                       std::size_t permutations, std::uint64_t seed,
                                       unsigned threads, Monitor& monitor) {
    const Relabeller relabeller(graph, group_of_point, group_is_synthetic);
    std::vector<ScorePair> scores(permutations);
    const std::size_t tasks = (permutations + lanes - 1) / lanes;
    const auto body = [&](std::size_t task, Progress& progress) {
        if (progress.stopped()) return;
        const std::size_t first = task * lanes;
        const std::size_t count = std::min(lanes, permutations - first);
        relabeller.score(seed ^ SplitMix64(task)(), std::span(scores).subspan(first, count));
        progress.advance(count);
    };
    parallel_for(tasks, threads, permutations, monitor, body);
    return scores;
}

}  // namespace twinscore
