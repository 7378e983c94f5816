#include "search/limit_guess.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <span>
#include <vector>

#include "search/kth_smallest.hpp"

namespace twinscore {
namespace {

constexpr std::size_t rows_per_task = 64;
constexpr double margin = 3.1;  // standard deviations

// Costs in multiply-adds, as in plan.cpp.
constexpr double sampled_pair_cost = 250.0;  // of finding the rank, for each pair
constexpr double survivor_cost = 3'000.0;    // of one that matters to one side
constexpr double transposing_cost = 60.0;    // of one value of a row of the sample

double rank_for(double rows, double k, double sampled) {
    const double expected = k * sampled / rows;
    const double deviation = std::sqrt(expected * (1.0 - k / rows) * (1.0 - sampled / rows));
    return std::ceil(expected + margin * deviation) + 1.0;
}

// One of every run of positions: rows that lie in order are then met evenly.
std::vector<std::size_t> sample_positions(std::size_t rows, std::size_t count) {
    std::mt19937_64 generator;
    std::vector<std::size_t> positions(count);
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t begin = i * rows / count;
        const std::size_t end = (i + 1) * rows / count;
        positions[i] = begin + generator() % (end - begin);
    }
    return positions;
}

// The reference rows of the sample, as panels.
class Sample {
  public:
    Sample(const ArrangedRows& reference, std::size_t count)
        : sketches_(reference.finest()),
          positions_(sample_positions(reference.rows(), count)),
          panels_(count, sketches_.cells()),
          bases_(count + panel_rows),
          far_ends_(count) {
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t position = positions_[i];
            sketches_.copy_to(panels_, i, position);
            bases_[i] = sketches_.bases()[position];
            far_ends_[i] = bases_[i] + sketches_.spreads()[position];
        }
    }

    [[nodiscard]] std::size_t size() const { return positions_.size(); }
    [[nodiscard]] std::size_t position(std::size_t index) const { return positions_[index]; }

    // Half the squared distance at most of some rows to all of the sample, less what the row
    // itself adds: to far_ends[i * size() + j].
    void compare(const Sketches& rows, std::size_t first, float* far_ends) const {
        const ScreenKernel& kernel = rows.kernel();
        std::uint64_t survivors[most_block_rows];
        float products[most_block_rows * panel_rows];
        for (std::size_t begin = 0; begin < size(); begin += panel_rows) {
            kernel.screen(rows.row(first), rows.cells(), panels_.panel(begin / panel_rows),
                          rows.cells(), {bases_.data(), bases_.data()},
                          {bases_.data() + begin, bases_.data() + begin}, survivors, products);
            const std::size_t count = std::min(panel_rows, size() - begin);
            for (std::size_t i = 0; i < kernel.block_rows; ++i) {
                for (std::size_t j = 0; j < count; ++j) {
                    far_ends[i * size() + begin + j] =
                        far_ends_[begin + j] - products[i * panel_rows + j];
                }
            }
        }
    }

  private:
    const Sketches& sketches_;
    std::vector<std::size_t> positions_;
    Panels<Cell> panels_;
    std::vector<float> bases_;
    std::vector<float> far_ends_;
};

// How to guess: from so many reference rows, by the distance of the one at this rank.
struct LimitSample {
    std::size_t rows = 0;  // 0: guessing does not pay
    std::size_t rank = 0;
};

LimitSample choose_limit_sample(const SearchProblem& problem, const Sketches& finest) {
    if (finest.rotated()) return {};
    const auto rows = static_cast<double>(problem.reference.rows);
    const auto k = static_cast<double>(problem.k);
    const auto columns = static_cast<double>(problem.reference.columns);
    const double pair_cost = columns + sampled_pair_cost +
                             transposing_cost * columns / static_cast<double>(problem.queries.rows);
    LimitSample best;
    // Limits from all rows seen fall as k of them; a guess starts where rank of the sample lie.
    double least = k * std::log(rows / k) * survivor_cost;
    for (std::size_t sampled = panel_rows; sampled <= problem.reference.rows / 4; sampled *= 2) {
        const auto size = static_cast<double>(sampled);
        const double rank = rank_for(rows, k, size);
        const double within = rank * rows / size;
        const double cost = size * pair_cost + k * std::log(within / k) * survivor_cost;
        if (rank < size && cost < least) {
            least = cost;
            best = {sampled, static_cast<std::size_t>(rank)};
        }
    }
    return best;
}

}  // namespace

float distance_within(double own, double other) {
    const double rounding = 4.0 * float_unit * (std::abs(own) + std::abs(other) + 1.0);
    return static_cast<float>(2.0 * (own + other + rounding));
}

void guess_limits(const SearchProblem& problem, const ArrangedRows& queries,
                  const ArrangedRows& reference, Collection& collection, unsigned threads,
                  Monitor& monitor) {
    const Sketches& rows = queries.finest();
    const LimitSample choice = choose_limit_sample(problem, rows);
    if (choice.rows == 0) return;
    const Sample sample(reference, choice.rows);
    const std::size_t block = rows.kernel().block_rows;
    const std::size_t tasks = (queries.rows() + rows_per_task - 1) / rows_per_task;
    parallel_for(tasks, threads, 0, monitor, [&](std::size_t task, Progress& progress) {
        if (progress.stopped()) return;
        std::vector<float> far_ends(block * sample.size());
        const std::size_t end = std::min(queries.rows(), (task + 1) * rows_per_task);
        for (std::size_t first = task * rows_per_task; first < end; first += block) {
            sample.compare(rows, first, far_ends.data());
            for (std::size_t i = first; i < std::min(end, first + block); ++i) {
                const std::span<float> of_row(far_ends.data() + (i - first) * sample.size(),
                                              sample.size());
                std::size_t eligible = 0;
                for (std::size_t j = 0; j < of_row.size(); ++j) {
                    of_row[eligible] = of_row[j];
                    eligible +=
                        problem.eligible(queries.row_at(i), reference.row_at(sample.position(j)))
                            ? 1
                            : 0;
                }
                if (eligible < choice.rank) continue;
                const double own =
                    static_cast<double>(rows.bases()[i]) + static_cast<double>(rows.spreads()[i]);
                const float sampled = kth_smallest(of_row.first(eligible), choice.rank);
                collection.guess(i, distance_within(own, static_cast<double>(sampled)));
            }
        }
    });
}

}  // namespace twinscore
