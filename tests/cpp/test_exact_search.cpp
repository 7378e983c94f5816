#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>

#include "basis/joined_threads.hpp"
#include "expect.hpp"
#include "kernels/dispatch.hpp"
#include "search/exact_search.hpp"

using namespace twinscore;
using twinscore::testing::expect;
using twinscore::testing::expect_throws;

namespace {

struct Rows {
    std::size_t rows;
    std::size_t columns;
    std::ptrdiff_t stride;
    std::vector<float> values;

    [[nodiscard]] MatrixView view() const {
        return {reinterpret_cast<const std::byte*>(values.data()), Element::float32, rows, columns,
                stride * static_cast<std::ptrdiff_t>(sizeof(float))};
    }
};

// Values on a coarse grid make ties; the stride leaves unused values between the rows.
Rows grid_rows(std::size_t rows, std::size_t columns, std::uint32_t seed, float offset = 0.0F) {
    std::mt19937 random(seed);
    Rows made{rows, columns, static_cast<std::ptrdiff_t>(columns + 3), {}};
    made.values.assign(rows * (columns + 3), std::numeric_limits<float>::quiet_NaN());
    for (std::size_t i = 0; i < rows; ++i) {
        for (std::size_t j = 0; j < columns; ++j) {
            made.values[i * (columns + 3) + j] = offset + static_cast<float>(random() % 5);
        }
    }
    return made;
}

float value(const MatrixView& matrix, std::size_t row, std::size_t column) {
    return static_cast<const float*>(matrix.row(row))[column];
}

std::vector<Neighbor> naive(const SearchProblem& problem, std::size_t query) {
    std::vector<Neighbor> all;
    for (std::size_t j = 0; j < problem.reference.rows; ++j) {
        if (!problem.eligible(query, j)) continue;
        double sum = 0.0;
        for (std::size_t c = 0; c < problem.reference.columns; ++c) {
            const double difference = static_cast<double>(value(problem.queries, query, c)) -
                                      static_cast<double>(value(problem.reference, j, c));
            sum += difference * difference;
        }
        all.push_back({sum, static_cast<std::int64_t>(j)});
    }
    std::sort(all.begin(), all.end());
    return all;
}

void expect_naive_answer(const SearchProblem& problem, const NeighborTable& table) {
    for (std::size_t i = 0; i < problem.queries.rows; ++i) {
        const auto all = naive(problem, i);
        auto place = all.begin();
        for (std::size_t j = 0; j < problem.k; ++j, ++place) {
            expect(table.ids[i * problem.k + j] == place->id, "ids equal the naive ones");
            expect(table.distances[i * problem.k + j] == place->distance,
                   "sums of small whole numbers are exact");
        }
        for (auto tie = table.tie_offsets[i]; tie < table.tie_offsets[i + 1]; ++tie, ++place) {
            expect(table.tie_ids[static_cast<std::size_t>(tie)] == place->id,
                   "ties equal the naive ones");
        }
        expect(place == all.end() || place->distance > all[problem.k - 1].distance,
               "no tie is left out");
    }
}

void every_kernel_and_screen_gives_the_naive_answer() {
    SilentMonitor monitor;
    for (const Kernel* kernel : available_kernels()) {
        for (const std::size_t columns : {1U, 2U, 15U, 16U, 17U, 33U}) {
            for (const float offset : {0.0F, 10000.0F}) {
                const Rows points = grid_rows(150, columns, 1, offset);
                const Rows others = grid_rows(67, columns, 2, offset);
                for (const Screen screen :
                     {Screen::full_width, Screen::rotated, Screen::product_table}) {
                    const unsigned threads = 1 + static_cast<unsigned>(columns % 3);
                    const SearchProblem self{.queries = points.view(),
                                             .reference = points.view(),
                                             .k = 3,
                                             .self_join = true};
                    expect_naive_answer(self,
                                        exact_search(self, {kernel, threads, screen}, monitor));
                    const SearchProblem cross{
                        .queries = others.view(), .reference = points.view(), .k = 150};
                    expect_naive_answer(cross,
                                        exact_search(cross, {kernel, threads, screen}, monitor));
                }
            }
        }
    }
}

// Sums value i into lane i % distance_lanes, then folds the upper half of the lanes onto the lower.
double distance_in_order(const float* a, const float* b, std::size_t depth) {
    std::vector<double> lanes(distance_lanes);
    for (std::size_t i = 0; i < depth; ++i) {
        const double difference = static_cast<double>(a[i]) - static_cast<double>(b[i]);
        lanes[i % distance_lanes] += difference * difference;
    }
    for (; lanes.size() > 1; lanes.resize(lanes.size() / 2)) {
        for (std::size_t i = 0; i < lanes.size() / 2; ++i) lanes[i] += lanes[i + lanes.size() / 2];
    }
    return lanes[0];
}

void every_kernel_sums_distances_in_one_order() {
    std::mt19937 random(6);
    std::vector<float> a(200);
    std::vector<float> b(200);
    for (auto* row : {&a, &b}) {
        for (float& value : *row) value = static_cast<float>(random()) * 0x1p-32F - 0.5F;
    }
    const std::size_t element = index_of(Element::float32);
    for (const Kernel* kernel : available_kernels()) {
        for (std::size_t depth = 1; depth <= a.size(); ++depth) {
            const double expected = distance_in_order(a.data(), b.data(), depth);
            expect(kernel->exact_distance[element](a.data(), b.data(), depth) == expected,
                   "to the last bit");
            std::vector<double> widened(depth);
            kernel->widen[element](a.data(), depth, widened.data());
            expect(kernel->widened_distance[element](widened.data(), b.data(), depth) == expected,
                   "from a widened row too");
        }
    }
}

void rows_of_the_own_group_are_no_neighbors() {
    SilentMonitor monitor;
    const Rows points = grid_rows(90, 7, 3);
    std::vector<std::int64_t> groups(90);
    for (std::size_t i = 0; i < groups.size(); ++i) groups[i] = static_cast<std::int64_t>(i % 11);
    const SearchProblem problem{.queries = points.view(),
                                .reference = points.view(),
                                .k = 4,
                                .self_join = true,
                                .query_groups = groups,
                                .reference_groups = groups};
    check(problem);
    expect_naive_answer(problem, exact_search(problem, {&choose_kernel(""), 2}, monitor));
}

void guesses_of_limits_lose_nothing() {
    SilentMonitor monitor;
    for (const Kernel* kernel : available_kernels()) {
        std::size_t searched_again = 0;
        for (std::uint32_t seed = 0; seed < 5; ++seed) {
            const Rows points = grid_rows(500, 5, seed);
            std::vector<std::int64_t> groups(500);
            for (std::size_t i = 0; i < groups.size(); ++i) {
                groups[i] = static_cast<std::int64_t>(i % 40);
            }
            const SearchProblem self{
                .queries = points.view(), .reference = points.view(), .k = 40, .self_join = true};
            SearchProblem grouped = self;
            grouped.query_groups = groups;
            grouped.reference_groups = groups;
            SearchProblem cross = self;
            cross.self_join = false;
            for (const SearchProblem& problem : {self, grouped, cross}) {
                for (const Screen screen :
                     {Screen::automatic, Screen::full_width, Screen::product_table}) {
                    SearchReport report;
                    expect_naive_answer(
                        problem, exact_search(problem, {kernel, 2, screen}, monitor, &report));
                    searched_again += report.searched_again;
                }
            }
        }
        expect(searched_again > 0, "some guesses were wrong");
    }
}

// Wide enough that a pair which both rows list is measured for one of them alone.
void pairs_measured_for_both_rows_carry_the_same_bits() {
    SilentMonitor monitor;
    std::mt19937 random(9);
    Rows points = grid_rows(210, 130, 9);
    for (float& value : points.values) value = static_cast<float>(random()) * 0x1p-32F - 0.5F;
    const SearchProblem problem{
        .queries = points.view(), .reference = points.view(), .k = 60, .self_join = true};
    std::vector<std::vector<Neighbor>> nearest_of;
    for (std::size_t i = 0; i < points.rows; ++i) nearest_of.push_back(naive(problem, i));
    for (const Kernel* kernel : available_kernels()) {
        for (const Screen screen : {Screen::full_width, Screen::product_table}) {
            const NeighborTable table = exact_search(problem, {kernel, 2, screen}, monitor);
            for (std::size_t i = 0; i < points.rows; ++i) {
                const auto& nearest = nearest_of[i];
                for (std::size_t j = 0; j < problem.k; ++j) {
                    const auto id = static_cast<std::size_t>(table.ids[i * problem.k + j]);
                    expect(table.ids[i * problem.k + j] == nearest[j].id, "ids are the naive ones");
                    expect(table.distances[i * problem.k + j] ==
                               distance_in_order(static_cast<const float*>(points.view().row(i)),
                                                 static_cast<const float*>(points.view().row(id)),
                                                 130),
                           "distances are summed in order");
                }
            }
        }
    }
}

void prepared_rows_answer_with_guesses_as_without() {
    SilentMonitor monitor;
    const Rows points = grid_rows(500, 5, 7);
    const Rows others = grid_rows(60, 5, 8);
    const PreparedReference prepared(points.view(), 40, {&choose_kernel(""), 2}, monitor);
    const SearchProblem problem{.queries = others.view(), .reference = points.view(), .k = 40};
    expect_naive_answer(problem, prepared.search(problem, monitor));
}

void questions_without_an_answer_are_refused() {
    Rows points = grid_rows(5, 2, 4);
    SearchProblem problem{
        .queries = points.view(), .reference = points.view(), .k = 5, .self_join = true};
    expect_throws<std::invalid_argument>([&] { check(problem); }, "k of at most 4");
    problem.k = 1;
    points.values[3 * 5 + 1] = std::numeric_limits<float>::infinity();
    SilentMonitor monitor;
    expect_throws<std::invalid_argument>(
        [&] { static_cast<void>(exact_search(problem, {&choose_kernel(""), 2}, monitor)); },
        "row 3 of reference");
}

void searches_at_the_same_time_share_nothing() {
    const Rows points = grid_rows(400, 20, 5);
    const SearchProblem problem{
        .queries = points.view(), .reference = points.view(), .k = 2, .self_join = true};
    JoinedThreads callers;
    for (int caller = 0; caller < 3; ++caller) {
        callers.start([&] {
            SilentMonitor monitor;
            expect_naive_answer(problem, exact_search(problem, {&choose_kernel(""), 2}, monitor));
        });
    }
}

}  // namespace

int main() {
    every_kernel_and_screen_gives_the_naive_answer();
    every_kernel_sums_distances_in_one_order();
    rows_of_the_own_group_are_no_neighbors();
    guesses_of_limits_lose_nothing();
    pairs_measured_for_both_rows_carry_the_same_bits();
    prepared_rows_answer_with_guesses_as_without();
    questions_without_an_answer_are_refused();
    searches_at_the_same_time_share_nothing();
}
