#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "expect.hpp"
#include "kernels/dispatch.hpp"
#include "search/exact_search.hpp"
#include "search/plan.hpp"

using namespace twinscore;
using twinscore::testing::expect;

namespace {

constexpr std::size_t rows = 1'024;
constexpr std::size_t columns = 512;
constexpr std::size_t wide_columns = 2'560;

MatrixView view_of(const std::vector<float>& values) {
    const std::size_t width = values.size() / rows;
    return {reinterpret_cast<const std::byte*>(values.data()), Element::float32, rows, width,
            static_cast<std::ptrdiff_t>(width * sizeof(float))};
}

std::vector<float> normal_rows() {
    std::mt19937 random(0);
    std::normal_distribution<float> normal;
    std::vector<float> values(rows * wide_columns);
    std::ranges::generate(values, [&] { return normal(random); });
    return values;
}

// Rows of which few axes tell most.
std::vector<float> decaying_rows() {
    std::mt19937 random(0);
    std::normal_distribution<float> normal;
    std::vector<float> values(rows * columns);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto column = static_cast<float>(i % columns);
        values[i] = normal(random) * std::exp2(-column / 40.0F);
    }
    return values;
}

void wide_sketches_of_many_rows_take_a_fifth_of_the_rows_at_most() {
    const std::vector<float> values = decaying_rows();
    const MatrixView matrix = view_of(values);
    const SearchProblem problem{.queries = matrix, .reference = matrix, .k = 1, .self_join = true};
    SilentMonitor monitor;
    for (const Kernel* kernel : available_kernels()) {
        const Standardization standardization(matrix, matrix, *kernel, 1, monitor);
        const SketchPlan plan = make_plan(problem, *kernel, standardization, Screen::automatic, 1,
                                          monitor, {2'000'000, 2'000'000});
        expect(plan.axes.has_value(), "axes pay for many rows");
        const Precision precision = plan.wide_kernel(*kernel).precision;
        const std::size_t bytes = plan.wide_width * sizeof(Cell) / values_per_cell(precision);
        expect(bytes <= columns * sizeof(float) / 5, "wide sketches take a fifth at most");
    }
}

void coarse_sketches_find_one_neighbor_of_few_wide_rows_and_precise_ones_many() {
    const std::vector<float> values = normal_rows();
    const MatrixView matrix = view_of(values);
    SilentMonitor monitor;
    for (const Kernel* kernel : available_kernels()) {
        if (kernel->coarse == nullptr || kernel->fine.precision != Precision::float32) continue;
        for (const std::size_t k : {std::size_t{1}, std::size_t{100}}) {
            SearchReport report;
            (void)exact_search({.queries = matrix, .reference = matrix, .k = k, .self_join = true},
                               {.kernel = kernel, .threads = 2, .screen = Screen::automatic},
                               monitor, &report);
            expect(report.coarse == (k == 1), "coarse sketches where few neighbors are wanted");
        }
    }
}

}  // namespace

int main() {
    wide_sketches_of_many_rows_take_a_fifth_of_the_rows_at_most();
    coarse_sketches_find_one_neighbor_of_few_wide_rows_and_precise_ones_many();
}
