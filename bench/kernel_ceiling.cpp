// What the screening kernels alone can do on this machine, one thread, data in cache: the ceiling
// that a whole search is measured against.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <limits>
#include <vector>

#include "kernels/dispatch.hpp"

namespace {

using namespace twinscore;
using Clock = std::chrono::steady_clock;

constexpr std::size_t panels = 8;
constexpr std::size_t rows_wanted = 512;
constexpr int repeats = 5;
constexpr double least_seconds = 0.05;

double seconds_per_pass(const ScreenKernel& kernel, std::size_t cells) {
    const std::size_t rows = rows_wanted / kernel.block_rows * kernel.block_rows;
    const std::vector<Cell> values((rows + most_block_rows) * cells);
    const std::vector<Cell> panel_values(panels * panel_rows * cells);
    const std::vector<float> unreachable(std::max(rows + most_block_rows, panel_rows),
                                         std::numeric_limits<float>::max() / 4);
    const SideBounds bounds{unreachable.data(), unreachable.data()};
    std::uint64_t survivors[most_block_rows];
    int passes = 0;
    const auto start = Clock::now();
    double elapsed = 0.0;
    do {
        for (std::size_t panel = 0; panel < panels; ++panel) {
            for (std::size_t row = 0; row < rows; row += kernel.block_rows) {
                kernel.screen(values.data() + row * cells, cells,
                              panel_values.data() + panel * panel_rows * cells, cells, bounds,
                              bounds, survivors, nullptr);
            }
        }
        ++passes;
        elapsed = std::chrono::duration<double>(Clock::now() - start).count();
    } while (elapsed < least_seconds);
    return elapsed / passes;
}

void report(std::string_view name, const ScreenKernel& kernel) {
    for (const std::size_t cells : {16U, 32U, 64U, 128U, 256U, 640U}) {
        double best = std::numeric_limits<double>::infinity();
        for (int i = 0; i < repeats; ++i) best = std::min(best, seconds_per_pass(kernel, cells));
        std::size_t value_cells = cells - leading_cells(kernel.precision);
        if (kernel.precision == Precision::narrow_int8) {
            value_cells -= (value_cells + narrow_block) / (narrow_block + 1);
        }
        const std::size_t coordinates = value_cells * values_per_cell(kernel.precision);
        const auto rows = rows_wanted / kernel.block_rows * kernel.block_rows;
        const auto operations = 2.0 * static_cast<double>(rows * panels * panel_rows * coordinates);
        std::printf("%-16s %12zu %10.1f\n", name.data(), coordinates, operations / best / 1e9);
    }
}

}  // namespace

int main() {
    std::printf("%-16s %12s %10s\n", "kernel", "coordinates", "GOP/s");
    for (const Kernel* kernel : available_kernels()) {
        report(kernel->name, kernel->coarse != nullptr ? *kernel->coarse : kernel->fine);
    }
}
