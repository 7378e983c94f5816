#include "search/joins.hpp"

#include <algorithm>
#include <atomic>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "search/tile_schedule.hpp"

namespace twinscore {
namespace {

constexpr std::size_t most_held = std::size_t{1} << 27;

// Counts candidates held, so that floods of ties end in an error rather than out of memory.
class HeldCount {
  public:
    void replace(std::size_t before, std::size_t after) {
        if (held_.fetch_add(after - before) + after - before <= most_held) return;
        throw std::length_error(
            "too many equal distances to keep (over " + std::to_string(most_held) +
            "): many points lie equally far from many others; remove some of them first");
    }

  private:
    std::atomic<std::size_t> held_{0};
};

std::size_t held_by(const ArrangedRows& rows, const Collection& collection, std::size_t tile) {
    std::size_t held = 0;
    for (std::size_t i = rows.tile_begin(tile); i < rows.tile_end(tile); ++i) {
        held += collection.candidates(i).size();
    }
    return held;
}

struct Ranked {
    double distance;
    TilePair pair;
};

std::vector<TilePair> nearest_first(std::vector<Ranked> ranked) {
    std::stable_sort(ranked.begin(), ranked.end(),
                     [](const Ranked& a, const Ranked& b) { return a.distance < b.distance; });
    std::vector<TilePair> pairs;
    for (const auto& entry : ranked) pairs.push_back(entry.pair);
    return pairs;
}

// Rows whose pairs with others serve them.
struct Side {
    const ArrangedRows& rows;
    Collection& collection;

    [[nodiscard]] RowRange tile(std::size_t index) const {
        return {rows.tile_begin(index), rows.tile_end(index)};
    }
};

// Lets the tiles of a schedule meet; those of `panels` are numbered from `first_panel` on.
void join(Screening& screening, const Side& rows, const Side& panels, std::size_t first_panel,
          std::vector<TilePair> pairs, std::uint64_t total, unsigned threads, Monitor& monitor) {
    const std::size_t tasks = pairs.size();
    TileSchedule schedule(std::move(pairs), first_panel + panels.rows.tiles());
    HeldCount held;
    parallel_for(tasks, threads, total, monitor, [&](std::size_t, Progress& progress) {
        if (progress.stopped()) return;
        const auto pair = schedule.take();
        if (!pair) return;
        try {
            const bool same = pair->rows == pair->panels;
            const std::size_t panel = pair->panels - first_panel;
            const auto held_now = [&] {
                return held_by(rows.rows, rows.collection, pair->rows) +
                       (same ? 0 : held_by(panels.rows, panels.collection, panel));
            };
            const std::size_t before = held_now();
            const RowRange range = rows.tile(pair->rows);
            screening.compare(range, rows.collection, panel, panels.collection, same);
            held.replace(before, held_now());
            const RowRange others = panels.tile(panel);
            progress.advance(static_cast<std::uint64_t>(range.end - range.begin) *
                             (others.end - others.begin) * (same ? 1 : 2));
        } catch (...) {
            schedule.close();
            throw;
        }
        schedule.give_back(*pair);
    });
}

}  // namespace

void join_with_itself(Screening& screening, const ArrangedRows& rows, Collection& collection,
                      unsigned threads, Monitor& monitor) {
    const auto tiles = static_cast<std::uint32_t>(rows.tiles());
    std::vector<Ranked> ranked;
    for (std::uint32_t i = 0; i < tiles; ++i) {
        for (std::uint32_t j = i; j < tiles; ++j) {
            ranked.push_back({i == j ? -1.0 : rows.tile_distance(i, rows, j), {i, j}});
        }
    }
    const auto total = static_cast<std::uint64_t>(rows.rows()) * rows.rows();
    join(screening, {rows, collection}, {rows, collection}, 0, nearest_first(std::move(ranked)),
         total, threads, monitor);
}

void join_with_each_other(Screening& screening, const ArrangedRows& rows, Collection& of_rows,
                          const ArrangedRows& others, Collection& of_others, unsigned threads,
                          Monitor& monitor) {
    const auto first = static_cast<std::uint32_t>(rows.tiles());
    std::vector<Ranked> ranked;
    for (std::uint32_t i = 0; i < first; ++i) {
        for (std::uint32_t j = 0; j < others.tiles(); ++j) {
            ranked.push_back({rows.tile_distance(i, others, j), {i, first + j}});
        }
    }
    const auto total = 2 * static_cast<std::uint64_t>(rows.rows()) * others.rows();
    join(screening, {rows, of_rows}, {others, of_others}, first, nearest_first(std::move(ranked)),
         total, threads, monitor);
}

void search_reference(Screening& screening, const ArrangedRows& queries, Collection& answers,
                      const ArrangedRows& reference, unsigned threads, Monitor& monitor) {
    Collection lookup(reference, false);
    HeldCount held;
    const auto total = static_cast<std::uint64_t>(queries.rows()) * reference.rows();
    parallel_for(
        queries.tiles(), threads, total, monitor, [&](std::size_t tile, Progress& progress) {
            std::vector<double> distances(reference.tiles());
            for (std::size_t j = 0; j < distances.size(); ++j) {
                distances[j] = queries.tile_distance(tile, reference, j);
            }
            std::vector<std::size_t> order(reference.tiles());
            std::iota(order.begin(), order.end(), std::size_t{0});
            std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
                return distances[a] < distances[b];
            });
            std::size_t held_before = 0;
            for (const std::size_t other : order) {
                if (progress.stopped()) return;
                screening.compare({queries.tile_begin(tile), queries.tile_end(tile)}, answers,
                                  other, lookup, false);
                const std::size_t held_now = held_by(queries, answers, tile);
                held.replace(held_before, held_now);
                held_before = held_now;
                progress.advance((queries.tile_end(tile) - queries.tile_begin(tile)) *
                                 (reference.tile_end(other) - reference.tile_begin(other)));
            }
        });
}

std::size_t search_without_guess(Screening& screening, const SearchProblem& problem,
                                 const ArrangedRows& queries, Collection& answers,
                                 const ArrangedRows& reference, unsigned threads,
                                 Monitor& monitor) {
    std::vector<std::size_t> positions;
    for (std::size_t i = 0; i < queries.rows(); ++i) {
        if (!answers.candidates(i).guess_holds(problem.k)) positions.push_back(i);
    }
    if (positions.empty()) return 0;
    Collection lookup(reference, false);
    HeldCount held;
    parallel_for(positions.size(), threads, 0, monitor, [&](std::size_t task, Progress& progress) {
        const std::size_t position = positions[task];
        answers.start_again(position);
        for (std::size_t tile = 0; tile < reference.tiles() && !progress.stopped(); ++tile) {
            const std::size_t before = answers.candidates(position).size();
            screening.compare({position, position + 1}, answers, tile, lookup, false);
            held.replace(before, answers.candidates(position).size());
        }
    });
    return positions.size();
}

}  // namespace twinscore
