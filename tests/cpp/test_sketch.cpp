#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "emulated_vnni.hpp"
#include "expect.hpp"
#include "integer_sketches.hpp"
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
    for (std::size_t i = 0; i < rows; ++i) sketches.copy_to(panels, i, i);
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

// The coarse screens of this machine, and of instructions it can take apart.
std::vector<const ScreenKernel*> coarse_screens() {
    std::vector<const ScreenKernel*> screens;
    for (const Kernel* kernel : available_kernels()) {
#if defined(TWINSCORE_X86)
        if (kernel->name == "avx2") screens.push_back(&testing::emulated_vnni_screen_kernel());
#endif
        if (kernel->coarse != nullptr) screens.push_back(kernel->coarse);
    }
    return screens;
}

// Rows that are as large as their sketches can be, in parallel and against each other, and others.
FloatMatrix large_rows(std::size_t width) {
    FloatMatrix made(rows, width);
    std::mt19937 random(7);
    for (std::size_t i = 0; i < rows; ++i) {
        for (std::size_t j = 0; j < width; ++j) {
            const float any = static_cast<float>(random() % 255) / 127.0F - 1.0F;
            const float value = i % 6 < 2 ? 1.0F : i % 6 == 2 ? (j % 4 < 2 ? 1.0F : 0.0F) : any;
            made.row(i)[j] = (i % 2 == 0 ? value : -value) / 16.0F;
        }
    }
    return made;
}

void products_of_whole_numbers_are_those_of_plain_integers() {
    for (const ScreenKernel* screen : coarse_screens()) {
        for (const std::size_t width : {1U, 2U, 3U, 4U, 5U, 60U, 61U, 63U, 64U, 65U, 127U, 128U,
                                        129U, 255U, 256U, 512U, 1001U}) {
            const FloatMatrix vectors = large_rows(width);
            for (const bool rotated : {false, true}) {
                const SketchSource source{width, rotated, 0.0, 0.0};
                const SketchCells layout = cells_of(screen->precision, source);
                Sketches sketches(*screen, source, rows);
                for (std::size_t i = 0; i < rows; ++i) {
                    // Little as nothing and much as all may be left to the residual.
                    sketches.encode(i, vectors.row(i), 0.25 * static_cast<double>(i % 5));
                }
                const auto products = products_of(sketches);
                for (std::size_t i = 0; i < rows; ++i) {
                    for (std::size_t j = 0; j < rows; ++j) {
                        const float expected =
                            testing::product_in_integers(layout, sketches.row(i), sketches.row(j));
                        expect(products[i * rows + j] == static_cast<double>(expected),
                               "to the bit, whatever sums do on the way");
                        if (screen->product == nullptr) continue;
                        expect(screen->product(sketches.row(i), sketches.row(j), layout.count()) ==
                                   expected,
                               "two rows alone as in a panel");
                    }
                }
            }
        }
    }
}

// Far below the smallest step, and so uneven that most values round to nothing.
void int8_sketches_of_uneven_rows_lose_no_pair() {
    for (const ScreenKernel* screen : coarse_screens()) {
        for (const int power : {-140, -100, -62, 0}) {
            FloatMatrix originals = difficult_rows(11, 2);
            for (std::size_t i = 0; i < rows; ++i) {
                for (std::size_t j = 0; j < depth; ++j) {
                    originals.row(i)[j] = std::ldexp(originals.row(i)[j], power);
                }
                originals.row(i)[i % 3] = static_cast<float>(i % 5) * 0.125F;
            }
            const SketchSource full{depth, false, 0.0, float_unit};
            static_cast<void>(
                expect_no_pair_lost(sketches_of(originals, originals, full, *screen), originals));
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
    products_of_whole_numbers_are_those_of_plain_integers();
    int8_sketches_of_uneven_rows_lose_no_pair();
    axes_are_orthonormal_to_the_deviation_they_state();
    dependent_rows_give_fewer_axes();
}
