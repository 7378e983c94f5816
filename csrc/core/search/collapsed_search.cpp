#include "search/collapsed_search.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

#include "search/eligible_rows.hpp"

namespace twinscore {
namespace {

constexpr std::size_t queries_per_task = 256;
constexpr double golden_ratio = 0.6180339887498949;

// Queries of one kind and group have the same nearest kinds: one of them asks for all.
class Askers {
  public:
    Askers(const SearchProblem& problem, const EqualRows& equal) : asker_of_(problem.queries.rows) {
        std::map<std::pair<std::uint32_t, std::int64_t>, std::uint32_t> known;
        const bool grouped = !problem.query_groups.empty();
        for (std::uint32_t row = 0; row < asker_of_.size(); ++row) {
            const auto next = static_cast<std::uint32_t>(rows_.size());
            asker_of_[row] = next;
            if (problem.self_join) {
                const std::int64_t group = grouped ? problem.query_groups[row] : 0;
                asker_of_[row] = known.try_emplace({equal.kind_of(row), group}, next).first->second;
            }
            if (asker_of_[row] == next) rows_.push_back(row);
        }
    }

    [[nodiscard]] const std::vector<std::uint32_t>& rows() const { return rows_; }
    [[nodiscard]] std::size_t asker_of(std::size_t query) const { return asker_of_[query]; }

  private:
    std::vector<std::uint32_t> asker_of_;
    std::vector<std::uint32_t> rows_;
};

struct NearKind {
    double distance;
    std::size_t kind;
};

// The kinds that hold the neighbors of every asker, nearest first.
class NearKinds {
  public:
    NearKinds(const SearchProblem& problem, const EqualRows& equal, const Eligibility& eligibility,
              const Askers& askers, const KindSearch& search)
        : places_(askers.rows().size()) {
        const MatrixView reference = equal.distinct(problem.reference);
        if (problem.self_join && problem.query_groups.empty() && equal.kinds() > problem.k) {
            askers_are_kinds_ = true;
            tables_.push_back(search(
                {.queries = reference, .reference = reference, .k = problem.k, .self_join = true}));
            for (std::size_t i = 0; i < places_.size(); ++i) places_[i] = {0, i, problem.k};
            return;
        }
        // Those with fewer eligible kinds than neighbors ask for all of these.
        std::map<std::size_t, std::vector<std::size_t>> askers_of;
        for (std::size_t i = 0; i < askers.rows().size(); ++i) {
            const std::size_t kinds = eligibility.eligible_kinds(askers.rows()[i]);
            askers_of[std::min(problem.k, kinds)].push_back(i);
        }
        for (const auto& [wanted, some] : askers_of) {
            std::vector<std::uint32_t> selection;
            std::vector<std::int64_t> groups;
            for (const std::size_t asker : some) {
                const std::uint32_t row = askers.rows()[asker];
                places_[asker] = {tables_.size(), selection.size(), wanted};
                selection.push_back(row);
                if (!problem.query_groups.empty()) groups.push_back(problem.query_groups[row]);
            }
            MatrixView queries = problem.queries;
            queries.rows = selection.size();
            queries.selection = selection.data();
            tables_.push_back(search({.queries = queries,
                                      .reference = reference,
                                      .k = wanted,
                                      .query_groups = groups,
                                      .reference_groups = eligibility.kind_groups(),
                                      .retired = eligibility.retired_kinds()}));
        }
    }

    void read(std::size_t asker, std::vector<NearKind>& kinds) const {
        const auto [table_index, row, wanted] = places_[asker];
        const NeighborTable& table = tables_[table_index];
        kinds.clear();
        if (askers_are_kinds_) kinds.push_back({0.0, asker});
        for (std::size_t i = row * wanted; i < (row + 1) * wanted; ++i) {
            kinds.push_back({table.distances[i], static_cast<std::size_t>(table.ids[i])});
        }
        const double last = kinds.back().distance;
        for (auto i = table.tie_offsets[row]; i < table.tie_offsets[row + 1]; ++i) {
            const auto kind = table.tie_ids[static_cast<std::size_t>(i)];
            kinds.push_back({last, static_cast<std::size_t>(kind)});
        }
    }

  private:
    struct Place {
        std::size_t table;
        std::size_t row;
        std::size_t wanted;
    };
    bool askers_are_kinds_ = false;  // found among the others only, not in themselves
    std::vector<NeighborTable> tables_;
    std::vector<Place> places_;
};

// Eligible rows of some kinds at one distance, of which the least have been given places.
class TiedRows {
  public:
    void clear() {
        kinds_.clear();
        left_ = 0;
    }
    void add(const EligibleRows& rows) {
        kinds_.push_back({rows, 0});
        left_ += rows.size();
    }
    [[nodiscard]] std::size_t left() const { return left_; }

    // Moves the `count` least ids on, ascending.
    template <class Give>
    void take_least(std::size_t count, const Give& give) {
        least_.clear();
        for (std::size_t kind = 0; kind < kinds_.size(); ++kind) {
            const EligibleRows& rows = kinds_[kind].rows;
            for (std::size_t i = 0; i < std::min(count, rows.size()); ++i) {
                least_.emplace_back(rows[i], kind);
            }
        }
        std::sort(least_.begin(), least_.end());
        for (std::size_t i = 0; i < count; ++i) {
            give(least_[i].first);
            ++kinds_[least_[i].second].taken;
        }
        left_ -= count;
    }

    // `count` of those left, evenly spread, the first by a fraction of the way between two.
    void list(std::size_t count, double fraction, std::int64_t* ids) const {
        std::size_t before = 0;
        auto kind = kinds_.begin();
        const double step = static_cast<double>(left_) / static_cast<double>(count);
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t place =
                count == left_
                    ? i
                    : std::min(left_ - 1, static_cast<std::size_t>(
                                              (static_cast<double>(i) + fraction) * step));
            while (place - before >= kind->rows.size() - kind->taken) {
                before += kind->rows.size() - kind->taken;
                ++kind;
            }
            ids[i] = kind->rows[kind->taken + place - before];
        }
        std::sort(ids, ids + count);
    }

  private:
    struct Kind {
        EligibleRows rows;
        std::size_t taken;
    };
    std::vector<Kind> kinds_;
    std::vector<std::pair<std::uint32_t, std::size_t>> least_;
    std::size_t left_ = 0;
};

// Most ids a list may have so that all of them together stay within a bound.
std::int64_t longest_list(const std::vector<std::int64_t>& counts, std::size_t most) {
    std::int64_t enough = 1;
    std::int64_t beyond = counts.empty() ? 1 : *std::max_element(counts.begin(), counts.end()) + 1;
    while (enough + 1 < beyond) {
        const std::int64_t middle = enough + (beyond - enough) / 2;
        std::size_t total = 0;
        for (const std::int64_t count : counts) {
            total += static_cast<std::size_t>(std::min(count, middle));
        }
        (total <= most ? enough : beyond) = middle;
    }
    return enough;
}

class Expansion {
  public:
    Expansion(const SearchProblem& problem, const Eligibility& eligibility, const Askers& askers,
              const NearKinds& near_kinds)
        : problem_(problem), eligibility_(eligibility), askers_(askers), near_kinds_(near_kinds) {}

    [[nodiscard]] NeighborTable expand(unsigned threads, Monitor& monitor) const {
        const std::size_t rows = problem_.queries.rows;
        NeighborTable table;
        table.distances.resize(rows * problem_.k);
        table.ids.resize(rows * problem_.k);
        table.tie_counts.resize(rows);
        for_each_query(
            threads, monitor,
            [&](std::size_t query, const TiedRows& tied) {
                table.tie_counts[query] = static_cast<std::int64_t>(tied.left());
            },
            table.distances.data(), table.ids.data());

        const std::int64_t longest = longest_list(table.tie_counts, most_listed_ties);
        table.tie_offsets.push_back(0);
        bool complete = true;
        for (const std::int64_t count : table.tie_counts) {
            complete = complete && count <= longest;
            table.tie_offsets.push_back(table.tie_offsets.back() + std::min(count, longest));
        }
        table.tie_ids.resize(static_cast<std::size_t>(table.tie_offsets.back()));
        for_each_query(threads, monitor, [&](std::size_t query, const TiedRows& tied) {
            const auto first = table.tie_offsets[query];
            const auto count = static_cast<std::size_t>(table.tie_offsets[query + 1] - first);
            // Samples of queries that have the same ties begin at different ones.
            const double turn = static_cast<double>(query) * golden_ratio;
            if (count > 0) tied.list(count, turn - std::floor(turn), table.tie_ids.data() + first);
        });
        if (complete) table.tie_counts = {};
        return table;
    }

  private:
    // Calls use(query, its ties) for all queries; writes neighbors unless the targets are null.
    template <class Use>
    void for_each_query(unsigned threads, Monitor& monitor, const Use& use,
                        double* distances = nullptr, std::int64_t* ids = nullptr) const {
        const std::size_t rows = problem_.queries.rows;
        const std::size_t tasks = (rows + queries_per_task - 1) / queries_per_task;
        parallel_for(tasks, threads, 0, monitor, [&](std::size_t task, Progress& progress) {
            TiedRows tied;
            std::vector<NearKind> kinds;
            const std::size_t end = std::min(rows, (task + 1) * queries_per_task);
            for (std::size_t query = task * queries_per_task; query < end; ++query) {
                if (progress.stopped()) return;
                std::size_t place = query * problem_.k;
                place_neighbors(query, kinds, tied, [&](double distance, std::uint32_t id) {
                    if (distances == nullptr) return;
                    distances[place] = distance;
                    ids[place++] = id;
                });
                use(query, tied);
            }
        });
    }

    // Gives neighbors their places, nearest first; what is left in `tied` found none.
    template <class Give>
    void place_neighbors(std::size_t query, std::vector<NearKind>& kinds, TiedRows& tied,
                         const Give& give) const {
        near_kinds_.read(askers_.asker_of(query), kinds);
        std::size_t wanted = problem_.k;
        for (auto first = kinds.begin(); wanted > 0;) {
            const double distance = first->distance;
            tied.clear();
            for (; first != kinds.end() && first->distance == distance; ++first) {
                tied.add(eligibility_.rows_for(query, first->kind));
            }
            const std::size_t count = std::min(wanted, tied.left());
            tied.take_least(count, [&](std::uint32_t id) { give(distance, id); });
            wanted -= count;
        }
    }

    const SearchProblem& problem_;
    const Eligibility& eligibility_;
    const Askers& askers_;
    const NearKinds& near_kinds_;
};

}  // namespace

NeighborTable collapsed_search(const SearchProblem& problem, const EqualRows& equal,
                               unsigned threads, Monitor& monitor, const KindSearch& search) {
    const Eligibility eligibility(problem, equal);
    const Askers askers(problem, equal);
    const NearKinds near_kinds(problem, equal, eligibility, askers, search);
    return Expansion(problem, eligibility, askers, near_kinds).expand(threads, monitor);
}

}  // namespace twinscore
