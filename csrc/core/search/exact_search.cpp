#include "search/exact_search.hpp"

#include <algorithm>
#include <atomic>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <string>

#include "search/limit_guess.hpp"
#include "search/screening.hpp"
#include "search/settling.hpp"
#include "search/tile_schedule.hpp"

namespace twinscore {
namespace {

constexpr std::size_t bytes_per_tile = 384 * 1024;  // two of them fit a second-level cache
constexpr std::size_t most_tile_rows = 512;
constexpr std::size_t tiles_per_thread = 8;
constexpr std::size_t most_held = std::size_t{1} << 27;

// Queries may be this much longer than the reference rows that fixed the scale: their squares are
// then far from overflow still.
constexpr double longest_query = 0x1p10;

std::size_t tile_rows_for(std::size_t rows, const SketchPlan& plan, const Kernel& kernel,
                          unsigned threads) {
    const std::size_t row_bytes =
        SketchCells{plan.prefix_kernel(kernel).precision, plan.prefix_width, plan.axes.has_value()}
            .count() *
        sizeof(Cell);
    const std::size_t fair_share = rows / (threads * tiles_per_thread) + 1;
    const std::size_t wanted = std::min({bytes_per_tile / row_bytes, fair_share, most_tile_rows});
    return std::max<std::size_t>(1, (wanted + panel_rows / 2) / panel_rows) * panel_rows;
}

// Counts candidates held, so that floods of ties end in an error rather than out of memory.
class HeldCount {
  public:
    void replace(std::size_t before, std::size_t after) {
        if (held_.fetch_add(after - before) + after - before <= most_held) return;
        throw std::length_error(
            "too many equal distances to keep (over " + std::to_string(most_held) +
            "): the rows hold large sets of identical points; remove exact duplicates first");
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

std::vector<TilePair> pairs_nearest_first(const ArrangedRows& rows) {
    struct Ranked {
        double distance;
        TilePair pair;
    };
    const auto tiles = static_cast<std::uint32_t>(rows.tiles());
    std::vector<Ranked> ranked;
    for (std::uint32_t i = 0; i < tiles; ++i) {
        for (std::uint32_t j = i; j < tiles; ++j) {
            ranked.push_back({i == j ? -1.0 : rows.tile_distance(i, rows, j), {i, j}});
        }
    }
    std::stable_sort(ranked.begin(), ranked.end(),
                     [](const Ranked& a, const Ranked& b) { return a.distance < b.distance; });
    std::vector<TilePair> pairs;
    for (const auto& entry : ranked) pairs.push_back(entry.pair);
    return pairs;
}

// Every pair of rows is compared once and serves both.
void join_with_itself(Screening& screening, const ArrangedRows& rows, Collection& collection,
                      unsigned threads, Monitor& monitor) {
    auto pairs = pairs_nearest_first(rows);
    const std::size_t tasks = pairs.size();
    TileSchedule schedule(std::move(pairs), rows.tiles());
    HeldCount held;
    const auto total = static_cast<std::uint64_t>(rows.rows()) * rows.rows();
    parallel_for(tasks, threads, total, monitor, [&](std::size_t, Progress& progress) {
        if (progress.stopped()) return;
        const auto pair = schedule.take();
        if (!pair) return;
        try {
            const bool same = pair->rows == pair->panels;
            const auto held_now = [&] {
                return held_by(rows, collection, pair->rows) +
                       (same ? 0 : held_by(rows, collection, pair->panels));
            };
            const std::size_t before = held_now();
            screening.compare({rows.tile_begin(pair->rows), rows.tile_end(pair->rows)}, collection,
                              pair->panels, collection, same);
            held.replace(before, held_now());
            const auto size = [&](std::size_t tile) {
                return static_cast<std::uint64_t>(rows.tile_end(tile) - rows.tile_begin(tile));
            };
            progress.advance(size(pair->rows) * size(pair->panels) * (same ? 1 : 2));
        } catch (...) {
            schedule.close();
            throw;
        }
        schedule.give_back(*pair);
    });
}

// Each tile of queries meets all reference tiles, the nearest first.
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

// Searches again for the rows whose guess of a limit did not hold: a handful. Returns how many.
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

// The typical ratio of error to length.
double typical_ratio(const Sketches& sketches, const Sketches* others) {
    double error = sketches.total_error();
    double norm = sketches.total_norm();
    if (others != nullptr) {
        error += others->total_error();
        norm += others->total_norm();
    }
    return error > 0.0 && norm > 0.0 ? error / norm : 1.0;
}

SketchRatios typical_ratios(const ArrangedRows& rows, const ArrangedRows* others) {
    return {typical_ratio(rows.prefix(), others ? &others->prefix() : nullptr),
            typical_ratio(rows.wide(), others ? &others->wide() : nullptr)};
}

}  // namespace

NeighborTable exact_search(const SearchProblem& problem, const SearchOptions& options,
                           Monitor& monitor, SearchReport* report) {
    const Kernel& kernel = *options.kernel;
    const unsigned threads = resolve_threads(options.threads);
    const Standardization standardization(problem.queries, problem.reference, kernel, threads,
                                          monitor);
    const SketchPlan plan =
        make_plan(problem, kernel, standardization, options.screen, threads, monitor);
    const auto arrange = [&](const MatrixView& matrix, bool panels_wanted) {
        return ArrangedRows(matrix, plan, kernel, standardization,
                            tile_rows_for(matrix.rows, plan, kernel, threads), panels_wanted,
                            threads, monitor);
    };

    ArrangedRows reference = arrange(problem.reference, true);
    std::optional<ArrangedRows> other_queries;
    if (!problem.self_join) other_queries = arrange(problem.queries, false);
    const SketchRatios ratios =
        typical_ratios(reference, other_queries ? &*other_queries : nullptr);
    reference.finish(ratios);
    if (other_queries) other_queries->finish(ratios);
    const ArrangedRows& queries = other_queries ? *other_queries : reference;

    Collection collection(queries, true);
    guess_limits(problem, queries, reference, collection, threads, monitor);
    Screening screening(problem, standardization, kernel, queries, reference);
    if (problem.self_join) {
        join_with_itself(screening, queries, collection, threads, monitor);
    } else {
        search_reference(screening, queries, collection, reference, threads, monitor);
    }
    const std::size_t searched_again =
        search_without_guess(screening, problem, queries, collection, reference, threads, monitor);
    if (report != nullptr) {
        *report = {plan.prefix_width,
                   plan.wide_width,
                   plan.coarse,
                   screening.counts().pairs,
                   screening.counts().past_prefix,
                   screening.counts().past_wide,
                   searched_again};
    }
    return settle_all(problem, kernel, queries, collection, reference, threads, monitor);
}

PreparedReference::PreparedReference(const MatrixView& rows, std::size_t k,
                                     const SearchOptions& options, Monitor& monitor)
    : options_{options.kernel, resolve_threads(options.threads), options.screen},
      problem_{.queries = rows, .reference = rows, .k = k, .self_join = true},
      standardization_(rows, rows, *options_.kernel, options_.threads, monitor),
      plan_(make_plan(problem_, *options_.kernel, standardization_, options_.screen,
                      options_.threads, monitor)),
      arranged_(rows, plan_, *options_.kernel, standardization_,
                tile_rows_for(rows.rows, plan_, *options_.kernel, options_.threads), true,
                options_.threads, monitor),
      ratios_(typical_ratios(arranged_, nullptr)) {
    arranged_.finish(ratios_);
}

NeighborTable PreparedReference::search(const SearchProblem& problem, Monitor& monitor) const {
    const Kernel& kernel = *options_.kernel;
    const unsigned threads = options_.threads;
    if (standardization_.longest_row(problem.queries, "queries", threads, monitor) >
        longest_query) {
        return exact_search(problem, options_, monitor);
    }
    ArrangedRows queries(problem.queries, plan_, kernel, standardization_,
                         tile_rows_for(problem.queries.rows, plan_, kernel, threads), false,
                         threads, monitor);
    queries.finish(ratios_);
    Collection collection(queries, true);
    guess_limits(problem, queries, arranged_, collection, threads, monitor);
    Screening screening(problem, standardization_, kernel, queries, arranged_);
    search_reference(screening, queries, collection, arranged_, threads, monitor);
    search_without_guess(screening, problem, queries, collection, arranged_, threads, monitor);
    return settle_all(problem, kernel, queries, collection, arranged_, threads, monitor);
}

}  // namespace twinscore
