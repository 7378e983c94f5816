#include "search/mutual_pairs.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "basis/unset_vector.hpp"

namespace twinscore {
namespace {

// To find a pair that was measured takes as long as to measure some hundred columns of it, and
// longer where rows are many: those who measure row after row find them in a cache.
constexpr std::size_t fewest_listed_columns = std::size_t{1} << 17;
constexpr std::size_t most_values = std::size_t{1} << 22;
constexpr std::size_t rows_per_task = 32;

// The candidates of every row, by position, and the distances to them.
class CandidateLists {
  public:
    CandidateLists(const SearchProblem& problem, const Kernel& kernel, const ArrangedRows& rows)
        : rows_(rows),
          columns_(problem.reference.columns),
          widen_(kernel.widen[index_of(problem.reference.element)]),
          distance_(kernel.widened_distance[index_of(problem.reference.element)]),
          starts_(rows.rows() + 1) {}

    void collect(std::size_t k, Collection& collection, unsigned threads, Monitor& monitor) {
        for_each_row(threads, monitor, [&](std::size_t row) {
            starts_[row + 1] = collection.candidates(row).settle(k).size();
        });
        std::partial_sum(starts_.begin(), starts_.end(), starts_.begin());
        positions_.resize(starts_.back());
        distances_.resize(starts_.back());
        for_each_row(threads, monitor, [&](std::size_t row) {
            const auto target = positions(row);
            std::ranges::transform(collection.candidates(row).settled(), target.begin(),
                                   &Candidate::position);
            if (!std::ranges::is_sorted(target)) std::ranges::sort(target);
        });
    }

    // Of a pair that both rows list, the one that comes first measures for both.
    void measure(unsigned threads, Monitor& monitor) {
        const std::vector<std::size_t> listings_starts = list_listings();
        for_each_row(threads, monitor, [&](std::size_t row) {
            thread_local std::vector<double> widened;
            widened.resize(columns_);
            widen_(rows_.values_at(row), columns_, widened.data());
            std::size_t listing = listings_starts[row];
            const std::size_t last = listings_starts[row + 1];
            for (std::size_t place = starts_[row]; place < starts_[row + 1]; ++place) {
                const std::uint32_t other = positions_[place];
                while (listing < last && listings_[listing].row < other) ++listing;
                const bool mutual = listing < last && listings_[listing].row == other;
                if (mutual && other < row) continue;
                distances_[place] = distance_(widened.data(), rows_.values_at(other), columns_);
                if (mutual) distances_[listings_[listing].place] = distances_[place];
            }
        });
    }

    void hand_over(unsigned threads, Monitor& monitor, const TakeMeasured& take) const {
        for_each_row(threads, monitor, [&](std::size_t row) {
            thread_local std::vector<Neighbor> neighbors;
            neighbors.clear();
            for (std::size_t place = starts_[row]; place < starts_[row + 1]; ++place) {
                neighbors.push_back({distances_[place],
                                     static_cast<std::int64_t>(rows_.row_at(positions_[place]))});
            }
            take(rows_.row_at(row), neighbors);
        });
    }

  private:
    // A place where a row is listed, and the row that lists it.
    struct Listing {
        std::uint32_t row;
        std::uint32_t place;
    };

    template <class Use>
    void for_each_row(unsigned threads, Monitor& monitor, const Use& use) const {
        const std::size_t tasks = (rows_.rows() + rows_per_task - 1) / rows_per_task;
        parallel_for(tasks, threads, 0, monitor, [&](std::size_t task, Progress& progress) {
            const std::size_t end = std::min(rows_.rows(), (task + 1) * rows_per_task);
            for (std::size_t row = task * rows_per_task; row < end; ++row) {
                if (progress.stopped()) return;
                use(row);
            }
        });
    }

    [[nodiscard]] std::span<std::uint32_t> positions(std::size_t row) {
        return {positions_.data() + starts_[row], starts_[row + 1] - starts_[row]};
    }

    // Sorts all places by the row that is listed there, then by the row that lists it. Returns
    // where those of each row start.
    [[nodiscard]] std::vector<std::size_t> list_listings() {
        std::vector<std::size_t> ends(rows_.rows() + 2);
        for (const std::uint32_t position : positions_) ++ends[position + 2];
        std::partial_sum(ends.begin(), ends.end(), ends.begin());
        listings_.resize(positions_.size());
        for (std::size_t row = 0; row < rows_.rows(); ++row) {
            for (std::size_t place = starts_[row]; place < starts_[row + 1]; ++place) {
                listings_[ends[positions_[place] + 1]++] = {static_cast<std::uint32_t>(row),
                                                            static_cast<std::uint32_t>(place)};
            }
        }
        return ends;
    }

    const ArrangedRows& rows_;
    std::size_t columns_;
    void (*widen_)(const void*, std::size_t, double*);
    double (*distance_)(const double*, const void*, std::size_t);
    std::vector<std::size_t> starts_;  // of the list of each row
    UnsetVector<std::uint32_t> positions_;
    UnsetVector<Listing> listings_;
    UnsetVector<double> distances_;
};

}  // namespace

bool mutual_pairs_matter(const SearchProblem& problem) {
    const std::size_t columns = problem.reference.columns;
    return problem.k * columns >= fewest_listed_columns &&
           problem.reference.rows <= most_values / std::max<std::size_t>(1, columns);
}

void measure_mutual_pairs_once(const SearchProblem& problem, const Kernel& kernel,
                               const ArrangedRows& rows, Collection& collection, unsigned threads,
                               Monitor& monitor, const TakeMeasured& take) {
    CandidateLists lists(problem, kernel, rows);
    lists.collect(problem.k, collection, threads, monitor);
    lists.measure(threads, monitor);
    lists.hand_over(threads, monitor, take);
}

}  // namespace twinscore
