#include <cmath>
#include <random>

#include "dispatch.hpp"
#include "expect.hpp"
#include "principal_axes.hpp"
#include "sketch.hpp"

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
                     const SketchSource& source, const Kernel& kernel) {
    Sketches sketches(kernel, source, rows);
    for (std::size_t i = 0; i < rows; ++i) {
        sketches.encode(i, vectors.row(i), squared_norm(originals.row(i)));
    }
    sketches.finish(sketches.total_error() / sketches.total_norm());
    return sketches;
}

// A pair at distance T must pass when a row's reach is T / 2; returns how many pairs half of that
// reach would rule out.
int expect_no_pair_lost(const Sketches& sketches, const FloatMatrix& originals) {
    int ruled_out = 0;
    for (std::size_t i = 0; i < rows; ++i) {
        for (std::size_t j = 0; j < rows; ++j) {
            const double reach = squared_distance(originals.row(i), originals.row(j)) / 2.0;
            const auto product = static_cast<double>(
                sketches.kernel().product(sketches.row(i), sketches.row(j), sketches.cells()));
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
            expect(expect_no_pair_lost(sketches_of(originals, originals, full, *kernel),
                                       originals) > 1000,
                   "full sketches rule pairs out");

            const auto axes = find_principal_axes(originals, 32, *kernel, 2, monitor);
            const FloatMatrix vectors = multiply(originals, axes.axes, *kernel, 1, monitor);
            const double error = RightFactor(axes.axes).relative_error() *
                                 std::sqrt(static_cast<double>(axes.axes.rows));
            const SketchSource prefix{axes.axes.rows, true, axes.deviation,
                                      (error + 2.0 * float_unit) * (1.0 + axes.deviation)};
            expect(expect_no_pair_lost(sketches_of(vectors, originals, prefix, *kernel),
                                       originals) > 500,
                   "rotated sketches rule pairs out");
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
    axes_are_orthonormal_to_the_deviation_they_state();
    dependent_rows_give_fewer_axes();
}
