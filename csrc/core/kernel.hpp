#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace twinscore {

// Reference rows are screened this many at a time: one bit each in a 64-bit mask.
inline constexpr std::size_t panel_rows = 64;

// Partial sums of the float64 distance. The order of summation is part of the contract: results
// carry the same bits on every instruction set.
inline constexpr std::size_t distance_lanes = 32;

// Most query rows any kernel takes at once.
inline constexpr std::size_t most_query_rows = 8;

// One instruction set's share of the work; everything above it is plain C++.
struct Kernel {
    std::string_view name;

    // Rows of queries that `screen` takes at once.
    std::size_t query_rows;

    // Bit j of survivors[i] tells whether <query i, reference j> >= query_bounds[i] +
    // reference_bounds[j], in float32. `queries` holds query_rows rows, query_stride apart;
    // `panel` holds panel_rows rows transposed: depth runs of panel_rows values.
    void (*screen)(const float* queries, std::size_t query_stride, const float* panel,
                   std::size_t depth, const float* query_bounds, const float* reference_bounds,
                   std::uint64_t* survivors);

    // Squared Euclidean distance in float64.
    double (*squared_distance)(const float* a, const float* b, std::size_t depth);
};

}  // namespace twinscore
