#include "facts/detail.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "facts/order_statistic.hpp"

namespace twinscore {
namespace {

constexpr std::size_t octaves = 4;
constexpr std::size_t noise_block = 8;
// Of the blocks by their second differences: what is left of texture above it counts nothing.
constexpr double noise_quantile = 0.25;
constexpr double steep_quantile = 0.95;
constexpr double least_energy = 1e-3;
constexpr double least_contrast = 1.0;
constexpr double least_step = 0.05;

// Sums of as many rows are kept side by side: each addition waits for the one before it.
constexpr std::size_t rows_at_once = 8;
using RowSums = std::array<float, rows_at_once>;

// Adds what `weight` makes of each step to the sum of its row: from every of `width` pixels to the
// one `stride` values after it.
template <class Weight>
void add_steps(const float* corner, std::size_t rows, std::size_t side, std::size_t width,
               std::size_t stride, Weight weight, RowSums& sums) {
    RowSums own = sums;
    if (rows == rows_at_once) {
        for (std::size_t x = 0; x < width; ++x) {
            for (std::size_t i = 0; i < rows_at_once; ++i) {
                const float* pixel = corner + i * side + x;
                own[i] += weight(pixel[stride] - pixel[0]);
            }
        }
    } else {
        for (std::size_t i = 0; i < rows; ++i) {
            const float* row = corner + i * side;
            for (std::size_t x = 0; x < width; ++x) own[i] += weight(row[x + stride] - row[x]);
        }
    }
    sums = own;
}

template <class Weight>
void add_steps_right(const Planes& planes, std::size_t plane, std::size_t first, Weight weight,
                     RowSums& sums) {
    const std::size_t side = planes.side;
    const std::size_t rows = std::min(rows_at_once, side - first);
    add_steps(planes.row(plane, first), rows, side, side - 1, 1, weight, sums);
}

// The last row has none.
template <class Weight>
void add_steps_down(const Planes& planes, std::size_t plane, std::size_t first, Weight weight,
                    RowSums& sums) {
    const std::size_t side = planes.side;
    const std::size_t rows = std::min(rows_at_once, side - 1 - first);
    add_steps(planes.row(plane, first), rows, side, side, side, weight, sums);
}

double standard_deviation(const std::vector<float>& values) {
    double sum = 0.0;
    double squares = 0.0;
    for (const float value : values) {
        sum += static_cast<double>(value);
        squares += static_cast<double>(value) * static_cast<double>(value);
    }
    const auto count = static_cast<double>(values.size());
    const double mean = sum / count;
    return std::sqrt(std::max(squares / count - mean * mean, 0.0));
}

// Mean square of the steps to the right and of those downwards.
double energy_of(const Planes& planes) {
    const auto square = [](float step) { return step * step; };
    double energy = 0.0;
    for (std::size_t plane = 0; plane < planes.count; ++plane) {
        for (std::size_t first = 0; first < planes.side; first += rows_at_once) {
            RowSums sums{};
            add_steps_right(planes, plane, first, square, sums);
            add_steps_down(planes, plane, first, square, sums);
            // Rows that are not there have a sum of 0.
            for (const float sum : sums) energy += static_cast<double>(sum);
        }
    }
    return energy / static_cast<double>(planes.count * planes.side * (planes.side - 1));
}

// Mean step over a border at multiples of `block`, plus a little, over that elsewhere.
struct Steps {
    double border = 0.0;
    double within = 0.0;
};

Steps mean_steps(const std::vector<double>& steps, std::size_t block) {
    Steps sums;
    std::size_t borders = 0;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const bool at_border = (i + 1) % block == 0;
        borders += at_border ? 1 : 0;
        (at_border ? sums.border : sums.within) += steps[i];
    }
    return {sums.border / static_cast<double>(borders),
            sums.within / static_cast<double>(steps.size() - borders)};
}

}  // namespace

double noise_of(const Planes& luma) {
    const std::size_t across = (luma.side - 2) / noise_block;
    std::vector<double> blocks(luma.count * across * across, 0.0);
    std::vector<float> second(luma.side);
    for (std::size_t plane = 0; plane < luma.count; ++plane) {
        for (std::size_t y = 0; y < across * noise_block; ++y) {
            const float* upper = luma.row(plane, y);
            const float* middle = luma.row(plane, y + 1);
            const float* lower = luma.row(plane, y + 2);
            for (std::size_t x = 0; x < luma.side; ++x) {
                second[x] = upper[x] - 2.0F * middle[x] + lower[x];
            }
            double* row = blocks.data() + (plane * across + y / noise_block) * across;
            for (std::size_t block = 0; block < across; ++block) {
                float sum = 0.0F;
                for (std::size_t x = block * noise_block; x < (block + 1) * noise_block; ++x) {
                    sum += std::abs(second[x] - 2.0F * second[x + 1] + second[x + 2]);
                }
                row[block] += static_cast<double>(sum);
            }
        }
    }
    const double per_sigma = std::sqrt(std::numbers::pi / 2.0) / 6.0;
    return per_sigma * order_statistic(blocks, noise_quantile) /
           static_cast<double>(noise_block * noise_block);
}

double sharpness_of(const Planes& luma) {
    std::vector<float> steep;
    steep.reserve(luma.levels.size() / 4);
    for (std::size_t plane = 0; plane < luma.count; ++plane) {
        for (std::size_t y = 0; y + 1 < luma.side; y += 2) {
            const float* row = luma.row(plane, y);
            const float* lower = luma.row(plane, y + 1);
            for (std::size_t x = 0; x + 1 < luma.side; x += 2) {
                const float right = row[x + 1] - row[x];
                const float down = lower[x] - row[x];
                steep.push_back(right * right + down * down);
            }
        }
    }
    const double step = std::sqrt(static_cast<double>(order_statistic(steep, steep_quantile)));
    return step / std::max(standard_deviation(luma.levels), least_contrast);
}

double slope_of(const Planes& luma) {
    std::array<double, octaves> logarithms{};
    Planes planes = luma;
    for (std::size_t octave = 0; octave < octaves; ++octave) {
        if (octave > 0) planes = halved(planes);
        logarithms[octave] = std::log2(energy_of(planes) + least_energy);
    }
    double product = 0.0;
    double squares = 0.0;
    for (std::size_t octave = 0; octave < octaves; ++octave) {
        const double place = static_cast<double>(octave) - (octaves - 1) / 2.0;
        product += place * logarithms[octave];
        squares += place * place;
    }
    return product / squares;
}

double blockiness_of(const Planes& luma, std::size_t block) {
    if (block == 0) return std::numeric_limits<double>::quiet_NaN();
    std::vector<double> by_column(luma.side - 1, 0.0);
    std::vector<double> by_row(luma.side - 1, 0.0);
    for (std::size_t plane = 0; plane < luma.count; ++plane) {
        for (std::size_t y = 0; y < luma.side; ++y) {
            const float* row = luma.row(plane, y);
            for (std::size_t x = 0; x + 1 < luma.side; ++x) {
                by_column[x] += static_cast<double>(std::abs(row[x + 1] - row[x]));
            }
        }
        for (std::size_t first = 0; first + 1 < luma.side; first += rows_at_once) {
            RowSums sums{};
            add_steps_down(luma, plane, first, [](float step) { return std::abs(step); }, sums);
            for (std::size_t y = first; y < std::min(first + rows_at_once, by_row.size()); ++y) {
                by_row[y] += static_cast<double>(sums[y - first]);
            }
        }
    }
    const auto lines = static_cast<double>(luma.count * luma.side);
    const Steps right = mean_steps(by_column, block);
    const Steps down = mean_steps(by_row, block);
    const double border = (right.border + down.border) / lines;
    const double within = (right.within + down.within) / lines;
    return 100.0 * ((border + least_step) / (within + least_step) - 1.0);
}

}  // namespace twinscore
