#include "search/settling.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>

#include "search/mutual_pairs.hpp"

namespace twinscore {
namespace {

constexpr std::size_t bytes_per_block = 1024 * 1024;  // its queries stay in a second-level cache
constexpr std::size_t fewest_block_queries = 32;
constexpr std::size_t most_block_queries = 256;

// Less stays in a cache that all cores share, from which rows come faster than pairs are sorted.
constexpr std::size_t many_reference_bytes = 8 * 1024 * 1024;

std::size_t bytes_of_row(const MatrixView& rows) { return rows.columns * rows.value_bytes(); }

std::size_t block_queries(const MatrixView& queries) {
    return std::clamp(bytes_per_block / bytes_of_row(queries), fewest_block_queries,
                      most_block_queries);
}

struct Pair {
    std::uint32_t query;
    std::uint32_t candidate;
    std::uint32_t place;  // among the pairs of the block, query by query
};

// Some queries, their candidates, and the distances between them.
class Block {
  public:
    Block(const SearchProblem& problem, const Kernel& kernel, const ArrangedRows& queries,
          const ArrangedRows& reference)
        : problem_(problem),
          queries_(queries),
          reference_(reference),
          widen_(kernel.widen[index_of(problem.reference.element)]),
          distance_(kernel.widened_distance[index_of(problem.reference.element)]),
          widened_(problem.reference.columns) {}

    void measure(std::size_t first, std::size_t last, Collection& collection,
                 const TakeMeasured& take) {
        collect(first, last, collection);
        measure_pairs();
        auto next = neighbors_.cbegin();
        for (std::size_t query = first; query < last; ++query) {
            const auto end = next + static_cast<std::ptrdiff_t>(counts_[query - first]);
            of_query_.assign(next, end);
            take(queries_.row_at(query), of_query_);
            next = end;
        }
    }

  private:
    void collect(std::size_t first, std::size_t last, Collection& collection) {
        pairs_.clear();
        counts_.clear();
        for (std::size_t query = first; query < last; ++query) {
            const auto candidates = collection.candidates(query).settle(problem_.k);
            for (const Candidate& candidate : candidates) {
                pairs_.push_back({static_cast<std::uint32_t>(query), candidate.position,
                                  static_cast<std::uint32_t>(pairs_.size())});
            }
            counts_.push_back(candidates.size());
        }
        neighbors_.resize(pairs_.size());
    }

    void sort_by_candidate() {
        starts_.assign(reference_.rows() + 1, 0);
        for (const Pair& pair : pairs_) ++starts_[pair.candidate + 1];
        std::partial_sum(starts_.begin(), starts_.end(), starts_.begin());
        sorted_.resize(pairs_.size());
        for (const Pair& pair : pairs_) sorted_[starts_[pair.candidate]++] = pair;
        pairs_.swap(sorted_);
    }

    // Rows that are candidates of many queries are fetched once for all of them.
    void measure_pairs() {
        const std::size_t reference_bytes = reference_.rows() * bytes_of_row(problem_.reference);
        if (reference_bytes >= many_reference_bytes && pairs_.size() >= 2 * reference_.rows()) {
            sort_by_candidate();
            measure_along(&Pair::candidate, reference_, &Pair::query, queries_);
        } else {
            measure_along(&Pair::query, queries_, &Pair::candidate, reference_);
        }
    }

    // Pairs that share a row follow each other: it is widened once.
    void measure_along(std::uint32_t Pair::* shared, const ArrangedRows& shared_rows,
                       std::uint32_t Pair::* other, const ArrangedRows& other_rows) {
        const std::size_t columns = problem_.reference.columns;
        const Pair* before = nullptr;
        for (const Pair& pair : pairs_) {
            if (before == nullptr || before->*shared != pair.*shared) {
                widen_(shared_rows.values_at(pair.*shared), columns, widened_.data());
            }
            before = &pair;
            neighbors_[pair.place] = {
                distance_(widened_.data(), other_rows.values_at(pair.*other), columns),
                static_cast<std::int64_t>(reference_.row_at(pair.candidate))};
        }
    }

    const SearchProblem& problem_;
    const ArrangedRows& queries_;
    const ArrangedRows& reference_;
    void (*widen_)(const void*, std::size_t, double*);
    double (*distance_)(const double*, const void*, std::size_t);
    std::vector<double> widened_;
    std::vector<Pair> pairs_;
    std::vector<Pair> sorted_;
    std::vector<std::uint32_t> starts_;  // of the pairs of each candidate
    std::vector<std::size_t> counts_;    // pairs of each query
    std::vector<Neighbor> neighbors_;
    std::vector<Neighbor> of_query_;
};

}  // namespace

void measure_all(const SearchProblem& problem, const Kernel& kernel, const ArrangedRows& queries,
                 Collection& collection, const ArrangedRows& reference, unsigned threads,
                 Monitor& monitor, const TakeMeasured& take) {
    if (&queries == &reference && mutual_pairs_matter(problem)) {
        measure_mutual_pairs_once(problem, kernel, queries, collection, threads, monitor, take);
        return;
    }
    const std::size_t step = block_queries(problem.queries);
    const std::size_t blocks = (queries.rows() + step - 1) / step;
    parallel_for(blocks, threads, 0, monitor, [&](std::size_t task, Progress& progress) {
        if (progress.stopped()) return;
        Block block(problem, kernel, queries, reference);
        block.measure(task * step, std::min(queries.rows(), (task + 1) * step), collection, take);
    });
}

NeighborTable settle_all(const SearchProblem& problem, const Kernel& kernel,
                         const ArrangedRows& queries, Collection& collection,
                         const ArrangedRows& reference, unsigned threads, Monitor& monitor) {
    TableWriter writer(problem.queries.rows, problem.k);
    measure_all(problem, kernel, queries, collection, reference, threads, monitor,
                [&](std::size_t row, std::vector<Neighbor>& neighbors) {
                    settle(neighbors, problem.k);
                    writer.write(row, neighbors);
                });
    return writer.finish();
}

}  // namespace twinscore
