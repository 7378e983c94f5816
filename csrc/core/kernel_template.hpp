#pragma once

// Included by each kernel_<isa>.cpp, which is compiled with that set's flags. Everything here has
// internal linkage: the linker must never serve one translation unit with the code of another.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "kernel.hpp"

namespace twinscore {
namespace {

// Multiplies a block of Rows x (Vectors * Simd::width) in registers, the whole depth through.
template <class Simd, std::size_t Rows, std::size_t Vectors>
void screen(const float* queries, std::size_t query_stride, const float* panel, std::size_t depth,
            const float* query_bounds, const float* reference_bounds, std::uint64_t* survivors) {
    constexpr std::size_t columns = Vectors * Simd::width;
    static_assert(panel_rows % columns == 0 && Rows <= most_query_rows);
    std::fill_n(survivors, Rows, std::uint64_t{0});

    for (std::size_t column = 0; column < panel_rows; column += columns) {
        typename Simd::Vector products[Rows][Vectors];
        for (auto& row : products) {
            for (auto& product : row) product = Simd::zero();
        }
        const float* values = panel + column;
        for (std::size_t i = 0; i < depth; ++i, values += panel_rows) {
            typename Simd::Vector reference[Vectors];
            for (std::size_t v = 0; v < Vectors; ++v) {
                reference[v] = Simd::load(values + v * Simd::width);
            }
            for (std::size_t r = 0; r < Rows; ++r) {
                const auto query = Simd::broadcast(queries[r * query_stride + i]);
                for (std::size_t v = 0; v < Vectors; ++v) {
                    products[r][v] = Simd::multiply_add(query, reference[v], products[r][v]);
                }
            }
        }
        for (std::size_t r = 0; r < Rows; ++r) {
            const auto query_bound = Simd::broadcast(query_bounds[r]);
            for (std::size_t v = 0; v < Vectors; ++v) {
                const std::size_t first = column + v * Simd::width;
                const auto bound = Simd::add(query_bound, Simd::load(reference_bounds + first));
                survivors[r] |= Simd::at_least(products[r][v], bound) << first;
            }
        }
    }
}

double squared_distance(const float* a, const float* b, std::size_t depth) {
    std::array<double, distance_lanes> sums{};
    const auto accumulate = [&](std::size_t first, std::size_t lanes) {
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            const double difference =
                static_cast<double>(a[first + lane]) - static_cast<double>(b[first + lane]);
            sums[lane] += difference * difference;
        }
    };
    const std::size_t whole = depth - depth % distance_lanes;
    for (std::size_t first = 0; first < whole; first += distance_lanes) {
        accumulate(first, distance_lanes);
    }
    accumulate(whole, depth - whole);
    for (std::size_t half = distance_lanes / 2; half > 0; half /= 2) {
        for (std::size_t lane = 0; lane < half; ++lane) sums[lane] += sums[lane + half];
    }
    return sums[0];
}

}  // namespace
}  // namespace twinscore
