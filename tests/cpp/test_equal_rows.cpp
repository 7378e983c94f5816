#include <algorithm>
#include <cstring>
#include <random>
#include <set>

#include "expect.hpp"
#include "kernels/dispatch.hpp"
#include "search/exact_search.hpp"

using namespace twinscore;
using twinscore::testing::expect;

namespace {

// A few kinds of rows, of which some hold most of all.
struct CopiedRows {
    CopiedRows(std::size_t row_count, std::size_t column_count, std::size_t kinds,
               std::uint32_t seed)
        : rows(row_count), columns(column_count), values(row_count * column_count) {
        std::mt19937 random(seed);
        std::vector<float> of_kinds(kinds * columns);
        for (float& value : of_kinds) value = static_cast<float>(random() % 4);
        for (std::size_t i = 0; i < rows; ++i) {
            const std::size_t kind = std::min<std::size_t>(random() % kinds, random() % kinds);
            std::copy_n(of_kinds.begin() + static_cast<std::ptrdiff_t>(kind * columns), columns,
                        values.begin() + static_cast<std::ptrdiff_t>(i * columns));
        }
    }

    [[nodiscard]] MatrixView view() const {
        return {reinterpret_cast<const std::byte*>(values.data()), Element::float32, rows, columns,
                static_cast<std::ptrdiff_t>(columns * sizeof(float))};
    }

    std::size_t rows;
    std::size_t columns;
    std::vector<float> values;
};

void rows_of_a_kind_are_those_with_the_same_bytes() {
    SilentMonitor monitor;
    for (const std::size_t columns : {1U, 3U, 16U, 17U, 40U}) {
        CopiedRows points(300, columns, 40, 5);
        // What a glance at the first bytes does not tell apart.
        for (std::size_t i = 0; i < 300; ++i) {
            for (std::size_t j = 0; j + 1 < columns; ++j) points.values[i * columns + j] = 1.0F;
        }
        const EqualRows equal(points.view(), 2, monitor);
        for (std::size_t i = 0; i < 300; ++i) {
            for (std::size_t j = 0; j < 300; ++j) {
                const bool same =
                    std::memcmp(points.view().row(i), points.view().row(j), 4 * columns) == 0;
                expect(same == (equal.kind_of(i) == equal.kind_of(j)), "neither more nor fewer");
            }
            const auto members = equal.rows_of(equal.kind_of(i));
            expect(std::is_sorted(members.begin(), members.end()), "ascending");
            expect(std::binary_search(members.begin(), members.end(), i), "each in its own kind");
            expect(equal.distinct(points.view()).row(equal.kind_of(i)) ==
                       points.view().row(members.front()),
                   "the first stands for all");
        }
    }
}

std::vector<Neighbor> naive(const SearchProblem& problem, std::size_t query) {
    const auto distance = portable_kernel().exact_distance[0];
    std::vector<Neighbor> all;
    for (std::size_t j = 0; j < problem.reference.rows; ++j) {
        if (!problem.eligible(query, j)) continue;
        all.push_back({distance(problem.queries.row(query), problem.reference.row(j),
                                problem.reference.columns),
                       static_cast<std::int64_t>(j)});
    }
    settle(all, problem.k);
    return all;
}

void expect_naive_answer(const SearchProblem& problem, const NeighborTable& table) {
    expect(table.tie_counts.empty(), "short lists are complete");
    for (std::size_t i = 0; i < problem.queries.rows; ++i) {
        const auto all = naive(problem, i);
        auto place = all.begin();
        for (std::size_t j = 0; j < problem.k; ++j, ++place) {
            expect(table.ids[i * problem.k + j] == place->id, "ids equal the naive ones");
            expect(table.distances[i * problem.k + j] == place->distance, "and distances");
        }
        for (auto tie = table.tie_offsets[i]; tie < table.tie_offsets[i + 1]; ++tie, ++place) {
            expect(table.tie_ids[static_cast<std::size_t>(tie)] == place->id, "and ties");
        }
        expect(place == all.end(), "no tie is left out");
    }
}

bool has_answer(const SearchProblem& problem) {
    try {
        check(problem);
        return true;
    } catch (const std::invalid_argument&) {
        return false;
    }
}

void pools_of_copies_are_answered_as_all_pools_are() {
    SilentMonitor monitor;
    int answered = 0;
    for (const std::size_t kinds : {1U, 2U, 5U, 30U, 90U}) {
        const CopiedRows points(150, 3, kinds, static_cast<std::uint32_t>(kinds));
        const CopiedRows others(40, 3, 20, 77);
        expect(EqualRows(points.view(), 1, monitor).many(), "these are many");
        std::mt19937 random(static_cast<std::uint32_t>(kinds));
        for (const std::size_t group_count : {0U, 2U, 5U, 60U}) {
            std::vector<std::int64_t> groups(group_count == 0 ? 0 : 150);
            for (auto& group : groups) group = static_cast<std::int64_t>(random() % group_count);
            const std::span<const std::int64_t> of_others(groups.data(), groups.empty() ? 0 : 40);
            for (const std::size_t k : {1U, 2U, 7U, 60U}) {
                const SearchProblem self{.queries = points.view(),
                                         .reference = points.view(),
                                         .k = k,
                                         .self_join = true,
                                         .query_groups = groups,
                                         .reference_groups = groups};
                const SearchProblem cross{.queries = others.view(),
                                          .reference = points.view(),
                                          .k = k,
                                          .query_groups = of_others,
                                          .reference_groups = groups};
                std::vector<std::uint8_t> retired(150);
                for (auto& mark : retired) mark = random() % 3 == 0 ? 1 : 0;
                SearchProblem partly = cross;
                partly.retired = retired;
                const SearchOptions options{&choose_kernel(""), 2};
                for (const SearchProblem& problem : {self, cross, partly}) {
                    if (!has_answer(problem)) continue;
                    expect_naive_answer(problem, exact_search(problem, options, monitor));
                    ++answered;
                }
                const PreparedReference prepared(points.view(), k, options, monitor);
                for (const SearchProblem& problem : {cross, partly}) {
                    if (has_answer(problem)) {
                        expect_naive_answer(problem, prepared.search(problem, monitor));
                    }
                }
            }
        }
    }
    expect(answered > 100, "most of these questions have an answer");
}

void lists_of_ties_that_outgrow_memory_are_even_samples_and_say_so() {
    SilentMonitor monitor;
    constexpr std::size_t rows = 3'000;
    CopiedRows points(rows, 2, 1, 1);
    for (std::size_t i = 0; i < 50; ++i) points.values[2 * i] = static_cast<float>(10 + i);
    const SearchProblem problem{
        .queries = points.view(), .reference = points.view(), .k = 3, .self_join = true};
    const NeighborTable table = exact_search(problem, {&choose_kernel(""), 2}, monitor);
    expect(table.tie_ids.size() <= most_listed_ties, "all together stay within the bound");
    expect(table.tie_ids.size() > most_listed_ties / 10 * 9, "and make use of it");
    expect(table.tie_offsets[1] == 0, "lists that are short stay complete");
    std::vector<int> listed(rows);
    for (std::size_t i = 100; i < rows; ++i) {
        expect(table.tie_counts[i] == rows - 50 - 1 - 3, "the count is that of all ties");
        const auto first = table.tie_ids.begin() + table.tie_offsets[i];
        const auto last = table.tie_ids.begin() + table.tie_offsets[i + 1];
        expect(std::set<std::int64_t>(first, last).size() == static_cast<std::size_t>(last - first),
               "no tie is listed twice");
        expect(std::is_sorted(first, last), "in order of id");
        const auto below = std::count_if(first, last, [](auto id) { return id < 1'525; });
        const auto half = (last - first) / 2;
        expect(std::abs(below - half) <= 2, "half of them are of the first half");
        for (auto id = first; id != last; ++id) {
            expect(*id >= 53 && *id != static_cast<std::int64_t>(i), "all of them tie");
            ++listed[static_cast<std::size_t>(*id)];
        }
    }
    const auto [least, most] = std::minmax_element(listed.begin() + 60, listed.end());
    expect(*most - *least < *most / 10, "each is listed about as often as any other");
}

}  // namespace

int main() {
    rows_of_a_kind_are_those_with_the_same_bytes();
    pools_of_copies_are_answered_as_all_pools_are();
    lists_of_ties_that_outgrow_memory_are_even_samples_and_say_so();
}
