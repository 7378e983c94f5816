#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "expect.hpp"
#include "kernels/dispatch.hpp"
#include "rows/panels.hpp"
#include "rows/principal_axes.hpp"
#include "rows/sketch.hpp"

using namespace twinscore;
using twinscore::testing::expect;

namespace {

constexpr std::size_t depth = 150;
constexpr std::size_t rows = 60;

// Rows no longer than 1 whose lengths span that many powers of two, some of them near copies.
FloatMatrix difficult_rows(std::uint32_t seed, unsigned magnitudes) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    FloatMatrix made(rows, depth);
    for (std::size_t i = 0; i < rows; ++i) {
        const float length = std::ldexp(0.04F, -static_cast<int>(random() % magnitudes));
        for (std::size_t j = 0; j < depth; ++j) {
            const float decay = 1.0F / (1.0F + static_cast<float>(j) / 10.0F);
            made.row(i)[j] =
                i % 4 == 1 ? made.row(i - 1)[j] * 1.0001F : length * decay * normal(random);
        }
    }
    return made;
}

double squared_distance(const float* a, const float* b) {
    double sum = 0.0;
    for (std::size_t j = 0; j < depth; ++j) {
        const double difference = static_cast<double>(a[j]) - static_cast<double>(b[j]);
        sum += difference * difference;
    }
    return sum;
}

double squared_norm(const float* row) {
    const FloatMatrix origin(1, depth);
    return squared_distance(row, origin.row(0));
}

Sketches sketches_of(const FloatMatrix& vectors, const FloatMatrix& originals,
                     const SketchSource& source, const ScreenKernel& kernel) {
    Sketches sketches(kernel, source, rows);
    for (std::size_t i = 0; i < rows; ++i) {
        sketches.encode(i, vectors.row(i), squared_norm(originals.row(i)));
    }
    sketches.finish(sketches.total_error() / sketches.total_norm());
    return sketches;
}

// The products of all pairs, as the screen makes them; it must let all of them pass.
std::vector<double> products_of(const Sketches& sketches) {
    constexpr float open = -std::numeric_limits<float>::max() / 4.0F;
    const std::vector<float> bounds(std::max(rows + most_block_rows, panel_rows), open);
    const std::size_t block_rows = sketches.kernel().block_rows;
    Panels<Cell> panels(rows, sketches.cells());
    for (std::size_t i = 0; i < rows; ++i) panels.set_row(i, sketches.row(i));
    std::vector<double> all(rows * rows);
    std::uint64_t survivors[most_block_rows];
    float products[most_block_rows * panel_rows];
    static_assert(rows <= panel_rows);
    for (std::size_t first = 0; first < rows; first += block_rows) {
        sketches.kernel().screen(sketches.row(first), sketches.cells(), panels.panel(0),
                                 sketches.cells(), {bounds.data(), bounds.data()},
                                 {bounds.data(), bounds.data()}, survivors, products);
        for (std::size_t i = first; i < std::min(rows, first + block_rows); ++i) {
            expect(survivors[i - first] == ~std::uint64_t{0}, "no bound, no row ruled out");
            for (std::size_t j = 0; j < rows; ++j) {
                all[i * rows + j] = static_cast<double>(products[(i - first) * panel_rows + j]);
            }
        }
    }
    return all;
}

// A pair at distance T must pass when a row's reach is T / 2; returns how many pairs half of that
// reach would rule out.
int expect_no_pair_lost(const Sketches& sketches, const FloatMatrix& originals) {
    const auto products = products_of(sketches);
    int ruled_out = 0;
    for (std::size_t i = 0; i < rows; ++i) {
        for (std::size_t j = 0; j < rows; ++j) {
            const double reach = squared_distance(originals.row(i), originals.row(j)) / 2.0;
            const double product = products[i * rows + j];
            const double bases =
                static_cast<double>(sketches.bases()[i]) + static_cast<double>(sketches.bases()[j]);
            expect(product >= bases - reach, "a pair within reach is never ruled out");
            ruled_out += product < bases - reach / 2.0;
        }
    }
    return ruled_out;
}

void sketches_lose_no_pair_within_reach_and_rule_others_out() {
    SilentMonitor monitor;
    for (const Kernel* kernel : available_kernels()) {
        for (std::uint32_t seed = 1; seed <= 5; ++seed) {
            const FloatMatrix originals = difficult_rows(seed, 30);
            const SketchSource full{depth, false, 0.0, float_unit};
            const auto axes = find_principal_axes(originals, 32, *kernel, 2, monitor);
            const FloatMatrix vectors = multiply(originals, axes.axes, *kernel, 1, monitor);
            const double error = RightFactor(axes.axes).relative_error() *
                                 std::sqrt(static_cast<double>(axes.axes.rows));
            const SketchSource prefix{axes.axes.rows, true, axes.deviation,
                                      (error + 2.0 * float_unit) * (1.0 + axes.deviation)};
            for (const ScreenKernel* screen : {&kernel->fine, kernel->coarse}) {
                if (screen == nullptr) continue;
                expect(expect_no_pair_lost(sketches_of(originals, originals, full, *screen),
                                           originals) > 1000,
                       "full sketches rule pairs out");
                expect(expect_no_pair_lost(sketches_of(vectors, originals, prefix, *screen),
                                           originals) > 500,
                       "rotated sketches rule pairs out");
            }
        }
    }
}

// Whole numbers of at most 127 are int8 as they are, also where each of them is the largest.
void int8_products_of_whole_numbers_are_exact() {
    constexpr std::size_t width = 1001;
    FloatMatrix whole(rows, width);
    std::mt19937 random(7);
    for (std::size_t i = 0; i < rows; ++i) {
        for (std::size_t j = 0; j < width; ++j) {
            const auto value = i < 2 ? 127.0F : static_cast<float>(random() % 255) - 127.0F;
            whole.row(i)[j] = i % 2 == 0 ? value : -value;
        }
        whole.row(i)[0] = 127.0F;
    }
    for (const Kernel* kernel : available_kernels()) {
        if (kernel->coarse == nullptr) continue;
        Sketches sketches(*kernel->coarse, {width, false, 0.0, 0.0}, rows);
        for (std::size_t i = 0; i < rows; ++i) sketches.encode(i, whole.row(i), 1.0);
        const auto products = products_of(sketches);
        for (std::size_t i = 0; i < rows; ++i) {
            for (std::size_t j = 0; j < rows; ++j) {
                double product = 0.0;
                for (std::size_t c = 0; c < width; ++c) {
                    product +=
                        static_cast<double>(whole.row(i)[c]) * static_cast<double>(whole.row(j)[c]);
                }
                expect(products[i * rows + j] == product, "sums in int32 lose nothing");
            }
        }
    }
}

// Far below the smallest step, and so uneven that most values round to nothing.
void int8_sketches_of_uneven_rows_lose_no_pair() {
    for (const Kernel* kernel : available_kernels()) {
        if (kernel->coarse == nullptr) continue;
        for (const int power : {-140, -100, -62, 0}) {
            FloatMatrix originals = difficult_rows(11, 2);
            for (std::size_t i = 0; i < rows; ++i) {
                for (std::size_t j = 0; j < depth; ++j) {
                    originals.row(i)[j] = std::ldexp(originals.row(i)[j], power);
                }
                originals.row(i)[i % 3] = static_cast<float>(i % 5) * 0.125F;
            }
            const SketchSource full{depth, false, 0.0, float_unit};
            static_cast<void>(expect_no_pair_lost(
                sketches_of(originals, originals, full, *kernel->coarse), originals));
        }
    }
}

void axes_are_orthonormal_to_the_deviation_they_state() {
    SilentMonitor monitor;
    const FloatMatrix sample = difficult_rows(9, 1);
    const auto found = find_principal_axes(sample, 40, portable_kernel(), 2, monitor);
    expect(found.axes.rows > 20 && found.axes.rows <= 40, "as many axes as the sample spans");
    expect(found.deviation < 1e-4, "the axes are nearly orthonormal");
    double sum = 0.0;
    for (std::size_t i = 0; i < found.axes.rows; ++i) {
        for (std::size_t j = 0; j < found.axes.rows; ++j) {
            double product = i == j ? -1.0 : 0.0;
            for (std::size_t c = 0; c < depth; ++c) {
                product += static_cast<double>(found.axes.row(i)[c]) *
                           static_cast<double>(found.axes.row(j)[c]);
            }
            sum += product * product;
        }
    }
    expect(std::sqrt(sum) <= found.deviation, "their deviation is not understated");
}

void dependent_rows_give_fewer_axes() {
    SilentMonitor monitor;
    FloatMatrix line(10, depth);
    for (std::size_t i = 0; i < 10; ++i) line.row(i)[7] = static_cast<float>(i) / 10.0F;
    expect(find_principal_axes(line, 8, portable_kernel(), 1, monitor).axes.rows == 1,
           "points on a line have one axis");
    const FloatMatrix nothing(10, depth);
    expect(find_principal_axes(nothing, 8, portable_kernel(), 1, monitor).axes.rows == 0,
           "equal points have none");
}

}  // namespace

int main() {
    sketches_lose_no_pair_within_reach_and_rule_others_out();
    int8_products_of_whole_numbers_are_exact();
    int8_sketches_of_uneven_rows_lose_no_pair();
    axes_are_orthonormal_to_the_deviation_they_state();
    dependent_rows_give_fewer_axes();
}
