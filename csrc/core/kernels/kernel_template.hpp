#pragma once

// Included by each kernel_<isa>.cpp, which is compiled with that set's flags. Everything here has
// internal linkage: the linker must never serve one translation unit with the code of another.

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "basis/half.hpp"
#include "kernels/kernel.hpp"

namespace twinscore {
namespace {

// Sums of products of a block of Rows x (Vectors * width), the whole depth through, in registers.
template <class Instructions, std::size_t Rows, std::size_t Vectors>
struct Block {
    using Simd = Instructions;
    static constexpr std::size_t row_count = Rows;
    static constexpr std::size_t vector_count = Vectors;

    typename Simd::Sum sums[Rows][Vectors];

    void multiply(const Cell* rows, std::size_t row_cells, const Cell* panel, std::size_t cells) {
        for (auto& row : sums) {
            for (std::size_t v = 0; v < Vectors; ++v) row[v] = Simd::start(panel + v * Simd::width);
        }
        constexpr std::size_t leading = leading_cells(Simd::precision);
        panel += leading * panel_rows;
        for (std::size_t i = leading; i < cells; ++i, panel += panel_rows) {
            typename Simd::Operand columns[Vectors];
            for (std::size_t v = 0; v < Vectors; ++v) {
                columns[v] = Simd::load_cells(panel + v * Simd::width);
            }
            for (std::size_t r = 0; r < Rows; ++r) {
                const auto row = Simd::broadcast_cell(rows[r * row_cells + i]);
                for (std::size_t v = 0; v < Vectors; ++v) {
                    sums[r][v] = Simd::multiply_cells(row, columns[v], sums[r][v]);
                }
            }
        }
    }
};

template <class Block>
void screen(const Cell* rows, std::size_t row_cells, const Cell* panel, std::size_t cells,
            SideBounds row, SideBounds of_panel, std::uint64_t* survivors, float* products) {
    using Simd = typename Block::Simd;
    constexpr std::size_t columns = Block::vector_count * Simd::width;
    static_assert(panel_rows % columns == 0 && Block::row_count <= most_block_rows);
    std::fill_n(survivors, Block::row_count, std::uint64_t{0});

    for (std::size_t column = 0; column < panel_rows; column += columns) {
        Block block;
        block.multiply(rows, row_cells, panel + column, cells);
        for (std::size_t v = 0; v < Block::vector_count; ++v) {
            const std::size_t first = column + v * Simd::width;
            const auto panel_base = Simd::load(of_panel.base + first);
            const auto panel_open = Simd::load(of_panel.open + first);
            for (std::size_t r = 0; r < Block::row_count; ++r) {
                const auto forward = Simd::add(Simd::broadcast(row.open[r]), panel_base);
                const auto backward = Simd::add(Simd::broadcast(row.base[r]), panel_open);
                const auto value =
                    Simd::value(block.sums[r][v], rows + r * row_cells, panel + first);
                survivors[r] |= Simd::at_least(value, Simd::minimum(forward, backward)) << first;
                if (products != nullptr) Simd::store(products + r * panel_rows + first, value);
            }
        }
    }
}

template <class Simd, std::size_t Rows, std::size_t Vectors>
void add_products(const float* rows, std::size_t row_stride, const float* panel, std::size_t depth,
                  float* sums, std::size_t sums_stride) {
    static_assert(sizeof(Cell) == sizeof(float));
    for (std::size_t column = 0; column < panel_rows; column += Vectors * Simd::width) {
        Block<Simd, Rows, Vectors> block;
        block.multiply(reinterpret_cast<const Cell*>(rows), row_stride,
                       reinterpret_cast<const Cell*>(panel) + column, depth);
        for (std::size_t r = 0; r < Rows; ++r) {
            for (std::size_t v = 0; v < Vectors; ++v) {
                float* sum = sums + r * sums_stride + column + v * Simd::width;
                Simd::store(sum, Simd::add(Simd::load(sum), block.sums[r][v]));
            }
        }
    }
}

// Four vectors of partial sums hide the latency of the additions.
constexpr std::size_t streams = 4;

// Calls accumulate(stream, load) for every vector of a row: streams of them side by side, then
// whole ones, then the values that fill no vector; `load` gives that part of a row, zero-filled.
template <class Simd, class Accumulate>
void for_each_vector(std::size_t depth, const Accumulate& accumulate) {
    std::size_t i = 0;
    const auto whole = [&i](std::size_t offset) {
        return [start = i + offset](const auto* row) { return row + start; };
    };
    for (; i + streams * Simd::width <= depth; i += streams * Simd::width) {
        for (std::size_t s = 0; s < streams; ++s) accumulate(s, whole(s * Simd::width));
    }
    for (std::size_t s = 0; i + Simd::width <= depth; i += Simd::width, ++s) {
        accumulate(s, whole(0));
    }
    if (i < depth) {
        accumulate(streams - 1, [i, depth]<class T>(const T* row) {
            std::array<T, Simd::width> rest{};
            std::copy(row + i, row + depth, rest.begin());
            return rest;
        });
    }
}

template <class T>
const T* address(const T* values) {
    return values;
}
template <class T, std::size_t Size>
const T* address(const std::array<T, Size>& values) {
    return values.data();
}

template <class Simd>
float total(const typename Simd::Vector (&sums)[streams]) {
    return Simd::sum(Simd::add(Simd::add(sums[0], sums[1]), Simd::add(sums[2], sums[3])));
}

template <class Simd>
float product(const Cell* a, const Cell* b, std::size_t cells) {
    typename Simd::Vector sums[streams] = {Simd::zero(), Simd::zero(), Simd::zero(), Simd::zero()};
    for_each_vector<Simd>(cells, [&](std::size_t stream, auto part) {
        const auto x = part(a);
        const auto y = part(b);
        sums[stream] = Simd::multiply_cells(Simd::load_cells(address(x)),
                                            Simd::load_cells(address(y)), sums[stream]);
    });
    return total<Simd>(sums);
}

template <class Simd, class T>
float rough_distance(const void* first, const void* second, std::size_t depth) {
    const auto* a = static_cast<const T*>(first);
    const auto* b = static_cast<const T*>(second);
    typename Simd::Vector sums[streams] = {Simd::zero(), Simd::zero(), Simd::zero(), Simd::zero()};
    for_each_vector<Simd>(depth, [&](std::size_t stream, auto part) {
        const auto x = part(a);
        const auto y = part(b);
        const auto difference = Simd::subtract(Simd::load(address(x)), Simd::load(address(y)));
        sums[stream] = Simd::multiply_add(difference, difference, sums[stream]);
    });
    return total<Simd>(sums);
}

// Sums over a row in float64: value i goes to sum i % distance_lanes.
template <class Simd>
class LaneSums {
  public:
    LaneSums() {
        // Unrolled by order: else GCC 12 fills them in memory.
#pragma GCC unroll 32
        for (std::size_t v = 0; v < vectors; ++v) sums_[v] = Simd::zero_doubles();
    }

    // Of distance_lanes values, those that `values_at` gives for the lanes from one on.
    template <class ValuesAt>
    void add_squares(const ValuesAt& values_at) {
        for (std::size_t v = 0; v < vectors; ++v) {
            const auto values = values_at(v * Simd::doubles_width);
            sums_[v] = Simd::add(sums_[v], Simd::multiply(values, values));
        }
    }

    // Folds the upper half of the lanes onto the lower until one is left.
    [[nodiscard]] double total() {
        for (std::size_t half = vectors / 2; half > 0; half /= 2) {
            for (std::size_t v = 0; v < half; ++v) sums_[v] = Simd::add(sums_[v], sums_[v + half]);
        }
        double lanes[Simd::doubles_width];
        Simd::store(lanes, sums_[0]);
        for (std::size_t half = Simd::doubles_width / 2; half > 0; half /= 2) {
            for (std::size_t lane = 0; lane < half; ++lane) lanes[lane] += lanes[lane + half];
        }
        return lanes[0];
    }

  private:
    static constexpr std::size_t vectors = distance_lanes / Simd::doubles_width;
    typename Simd::Doubles sums_[vectors];
};

// The values from one on, followed by zeros.
template <class T>
std::array<T, distance_lanes> zero_filled(const T* values, std::size_t count) {
    std::array<T, distance_lanes> filled{};
    std::copy_n(values, count, filled.begin());
    return filled;
}

template <class Simd, class A, class B>
double squared_distance(const A* a, const B* b, std::size_t depth) {
    LaneSums<Simd> sums;
    const auto accumulate = [&sums](const A* x, const B* y) {
        sums.add_squares([x, y](std::size_t lane) {
            return Simd::subtract(Simd::load_doubles(x + lane), Simd::load_doubles(y + lane));
        });
    };
    const std::size_t rest = depth % distance_lanes;
    for (const A* end = a + (depth - rest); a != end; a += distance_lanes, b += distance_lanes) {
        accumulate(a, b);
    }
    if (rest > 0) accumulate(zero_filled(a, rest).data(), zero_filled(b, rest).data());
    return sums.total();
}

template <class Simd, class T>
double exact_distance(const void* a, const void* b, std::size_t depth) {
    return squared_distance<Simd>(static_cast<const T*>(a), static_cast<const T*>(b), depth);
}

template <class Simd, class T>
void widen(const void* row, std::size_t depth, double* target) {
    const auto* values = static_cast<const T*>(row);
    const std::size_t whole = depth - depth % distance_lanes;
    for (std::size_t i = 0; i < whole; i += Simd::doubles_width) {
        Simd::store(target + i, Simd::load_doubles(values + i));
    }
    for (std::size_t i = whole; i < depth; ++i) target[i] = static_cast<double>(values[i]);
}

template <class Simd, class T>
double widened_distance(const double* a, const void* b, std::size_t depth) {
    return squared_distance<Simd>(a, static_cast<const T*>(b), depth);
}

template <class Simd, class T>
double standardize(const void* row, const double* center, double scale, std::size_t depth,
                   float* target) {
    const auto* values = static_cast<const T*>(row);
    const auto factor = Simd::broadcast(scale);
    LaneSums<Simd> sums;
    const auto accumulate = [&](const T* x, const double* origin, float* standardized) {
        sums.add_squares([&](std::size_t lane) {
            const auto value = Simd::multiply(
                Simd::subtract(Simd::load_doubles(x + lane), Simd::load_doubles(origin + lane)),
                factor);
            Simd::store(standardized + lane, value);
            return value;
        });
    };
    const std::size_t whole = depth - depth % distance_lanes;
    for (std::size_t start = 0; start < whole; start += distance_lanes) {
        accumulate(values + start, center + start, target + start);
    }
    if (const std::size_t rest = depth - whole; rest > 0) {
        float standardized[distance_lanes];
        accumulate(zero_filled(values + whole, rest).data(),
                   zero_filled(center + whole, rest).data(), standardized);
        std::copy_n(standardized, rest, target + whole);
    }
    return sums.total();
}

template <class Block>
constexpr ScreenKernel make_screen_kernel(float (*product)(const Cell*, const Cell*, std::size_t)) {
    return {.precision = Block::Simd::precision,
            .block_rows = Block::row_count,
            .screen = screen<Block>,
            .product = product};
}

// What the kernels of one instruction set have in common, whatever the sketches are made of.
template <class Cells, class Simd, std::size_t Rows, std::size_t Vectors>
constexpr Kernel make_kernel(std::string_view name) {
    return {.name = name,
            .fine = make_screen_kernel<Block<Cells, Rows, Vectors>>(product<Cells>),
            .coarse = nullptr,
            .add_products = add_products<Simd, Rows, Vectors>,
            .rough_distance = {rough_distance<Simd, float>, rough_distance<Simd, Half>},
            .exact_distance = {exact_distance<Simd, float>, exact_distance<Simd, Half>},
            .widen = {widen<Simd, float>, widen<Simd, Half>},
            .widened_distance = {widened_distance<Simd, float>, widened_distance<Simd, Half>},
            .standardize = {standardize<Simd, float>, standardize<Simd, Half>}};
}

}  // namespace
}  // namespace twinscore
