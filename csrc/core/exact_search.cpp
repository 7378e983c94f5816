#include "exact_search.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <limits>
#include <stdexcept>
#include <string>

#include "neighbor_list.hpp"
#include "screening.hpp"

namespace twinscore {
namespace {

constexpr std::size_t most_queries_per_task = 1024;
constexpr std::size_t tasks_per_thread = 4;
constexpr std::size_t panels_per_block = 8;
constexpr std::size_t block_rows = panels_per_block * panel_rows;
constexpr std::size_t most_ties = std::size_t{1} << 27;
constexpr float never = std::numeric_limits<float>::infinity();

constexpr std::size_t round_up(std::size_t value, std::size_t multiple) {
    return (value + multiple - 1) / multiple * multiple;
}

// Reference rows in the layout the kernels read: panel after panel, each transposed. Rows beyond
// the last are zeros that no query can reach.
class ReferenceBlock {
  public:
    explicit ReferenceBlock(std::size_t depth)
        : depth_(depth), values_(block_rows * depth), bounds_(block_rows) {}

    void load(const MatrixView& reference, std::size_t first, const Screening& screening) {
        first_ = first;
        rows_ = std::min(block_rows, reference.rows - first);
        std::fill(bounds_.begin(), bounds_.end(), never);
        if (rows_ % panel_rows != 0) std::fill(values_.begin(), values_.end(), 0.0F);
        for (std::size_t i = 0; i < rows_; ++i) {
            float* target = values_.data() + i / panel_rows * panel_rows * depth_ + i % panel_rows;
            const auto facts = screening.transform(reference.row(first + i), target, panel_rows);
            bounds_[i] = screening.reference_bound(facts);
        }
    }

    [[nodiscard]] std::size_t first() const { return first_; }
    [[nodiscard]] std::size_t rows() const { return rows_; }
    [[nodiscard]] std::size_t panels() const { return (rows_ + panel_rows - 1) / panel_rows; }
    [[nodiscard]] const float* values(std::size_t panel) const {
        return values_.data() + panel * panel_rows * depth_;
    }
    [[nodiscard]] const float* bounds(std::size_t panel) const {
        return bounds_.data() + panel * panel_rows;
    }

  private:
    std::size_t depth_;
    std::size_t first_ = 0;
    std::size_t rows_ = 0;
    std::vector<float> values_;
    std::vector<float> bounds_;
};

// A run of queries with the neighbors found so far. Rows beyond the last are zeros that reach no
// reference row.
class QueryBlock {
  public:
    QueryBlock(const SearchProblem& problem, const Kernel& kernel, const Screening& screening,
               std::size_t first, std::size_t rows)
        : problem_(problem),
          kernel_(kernel),
          screening_(screening),
          first_(first),
          depth_(problem.queries.columns),
          values_(round_up(rows, kernel.query_rows) * depth_),
          facts_(rows),
          bounds_(round_up(rows, kernel.query_rows), never),
          lists_(rows, NeighborList(problem.k)) {
        for (std::size_t i = 0; i < rows; ++i) {
            facts_[i] =
                screening.transform(problem.queries.row(first + i), values_.data() + i * depth_, 1);
            bounds_[i] = screening.query_bound(facts_[i], lists_[i].threshold());
        }
    }

    void search(const ReferenceBlock& block) {
        std::uint64_t survivors[most_query_rows];
        for (std::size_t panel = 0; panel < block.panels(); ++panel) {
            for (std::size_t row = 0; row < lists_.size(); row += kernel_.query_rows) {
                kernel_.screen(values_.data() + row * depth_, depth_, block.values(panel), depth_,
                               bounds_.data() + row, block.bounds(panel), survivors);
                const std::size_t rows = std::min(kernel_.query_rows, lists_.size() - row);
                for (std::size_t r = 0; r < rows; ++r) {
                    offer(row + r, survivors[r], block.first() + panel * panel_rows);
                }
            }
        }
    }

    [[nodiscard]] std::vector<NeighborList>& lists() { return lists_; }

    [[nodiscard]] std::size_t entries_held() const {
        std::size_t held = 0;
        for (const auto& list : lists_) held += list.size();
        return held;
    }

  private:
    void offer(std::size_t row, std::uint64_t survivors, std::size_t first_candidate) {
        NeighborList& list = lists_[row];
        const std::size_t query = first_ + row;
        for (; survivors != 0; survivors &= survivors - 1) {
            const auto candidate =
                first_candidate + static_cast<std::size_t>(std::countr_zero(survivors));
            if (!problem_.eligible(query, candidate)) continue;
            const double distance = kernel_.squared_distance(
                problem_.queries.row(query), problem_.reference.row(candidate), depth_);
            if (list.offer({distance, static_cast<std::int64_t>(candidate)})) {
                bounds_[row] = screening_.query_bound(facts_[row], list.threshold());
            }
        }
    }

    const SearchProblem& problem_;
    const Kernel& kernel_;
    const Screening& screening_;
    std::size_t first_;
    std::size_t depth_;
    std::vector<float> values_;
    std::vector<Screening::RowFacts> facts_;
    std::vector<float> bounds_;
    std::vector<NeighborList> lists_;
};

void throw_too_many_ties() {
    throw std::length_error(
        "too many equal distances to keep (over " + std::to_string(most_ties) +
        "): the rows hold large sets of identical points; remove exact duplicates first");
}

// Writes finished lists into their rows of the table; ties wait, in order, until all are known.
class TableWriter {
  public:
    explicit TableWriter(const SearchProblem& problem) : k_(problem.k), ties_(problem.queries.rows) {
        table_.distances.resize(problem.queries.rows * k_);
        table_.ids.resize(problem.queries.rows * k_);
    }

    void write(std::size_t query, NeighborList& list) {
        const auto& entries = list.finish();
        for (std::size_t i = 0; i < k_; ++i) {
            table_.distances[query * k_ + i] = entries[i].distance;
            table_.ids[query * k_ + i] = entries[i].id;
        }
        for (std::size_t i = k_; i < entries.size(); ++i) ties_[query].push_back(entries[i].id);
        if (tie_count_.fetch_add(ties_[query].size()) > most_ties) throw_too_many_ties();
    }

    [[nodiscard]] NeighborTable finish() {
        table_.tie_offsets.push_back(0);
        table_.tie_ids.reserve(tie_count_.load());
        for (auto& ties : ties_) {
            table_.tie_ids.insert(table_.tie_ids.end(), ties.begin(), ties.end());
            table_.tie_offsets.push_back(static_cast<std::int64_t>(table_.tie_ids.size()));
        }
        return std::move(table_);
    }

  private:
    std::size_t k_;
    NeighborTable table_;
    std::vector<std::vector<std::int64_t>> ties_;
    std::atomic<std::size_t> tie_count_{0};
};

}  // namespace

NeighborTable exact_search(const SearchProblem& problem, const Kernel& kernel, unsigned threads,
                           Monitor& monitor) {
    threads = resolve_threads(threads);
    const std::size_t queries = problem.queries.rows;
    const std::size_t reference = problem.reference.rows;
    const Screening screening(problem.queries, problem.reference, threads, monitor);
    TableWriter writer(problem);

    const std::size_t fair_share = queries / (threads * tasks_per_thread) + 1;
    const std::size_t task_rows =
        std::min(most_queries_per_task, round_up(fair_share, kernel.query_rows));
    const std::size_t tasks = (queries + task_rows - 1) / task_rows;

    const auto body = [&](std::size_t task, Progress& progress) {
        const std::size_t first = task * task_rows;
        const std::size_t rows = std::min(task_rows, queries - first);
        QueryBlock block(problem, kernel, screening, first, rows);
        ReferenceBlock candidates(problem.reference.columns);
        for (std::size_t start = 0; start < reference; start += block_rows) {
            if (progress.stopped()) return;
            candidates.load(problem.reference, start, screening);
            block.search(candidates);
            if (block.entries_held() > most_ties) throw_too_many_ties();
            progress.advance(rows * candidates.rows());
        }
        for (std::size_t i = 0; i < rows; ++i) writer.write(first + i, block.lists()[i]);
    };
    parallel_for(tasks, threads, static_cast<std::uint64_t>(queries) * reference, monitor, body);
    return writer.finish();
}

}  // namespace twinscore
