#include "kernels/dispatch.hpp"
#include "kernels/simd_avx2.hpp"

namespace twinscore {
namespace {

// Two products a lane of 16 bits and instruction: unsigned by signed bytes. Lanes of 32 bits take
// over at the end of a block. kernel.hpp says why no sum leaves its lane.
struct Avx2NarrowInt8 : Avx2 {
    static constexpr Precision precision = Precision::narrow_int8;
    using Sum = __m256i;

    static __m256i load_integers(const Cell* cells) {
        return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(cells));
    }
    static __m256i broadcast_integers(Cell cell) {
        return _mm256_set1_epi32(static_cast<int>(cell));
    }
    static __m256i add_pairs(__m256i sums) { return _mm256_madd_epi16(sums, _mm256_set1_epi16(1)); }
    static Vector value(Sum sum, const Cell* row, const Cell* panel) {
        const Vector step = _mm256_mul_ps(_mm256_set1_ps(std::bit_cast<float>(*row)),
                                          _mm256_castsi256_ps(load_integers(panel)));
        return _mm256_mul_ps(_mm256_cvtepi32_ps(sum), step);
    }
};

// As kernel_template.hpp's Block, block of cells by block of cells.
template <std::size_t Rows, std::size_t Vectors>
struct NarrowBlock {
    using Simd = Avx2NarrowInt8;
    static constexpr std::size_t row_count = Rows;
    static constexpr std::size_t vector_count = Vectors;

    __m256i sums[Rows][Vectors];

    void multiply(const Cell* rows, std::size_t row_cells, const Cell* panel, std::size_t cells) {
        for (auto& row : sums) std::fill_n(row, Vectors, _mm256_setzero_si256());
        for (std::size_t begin = leading_cells(Simd::precision); begin < cells;) {
            const std::size_t end = std::min(begin + 1 + narrow_block, cells);
            add_block(rows + begin, row_cells, panel + begin * panel_rows, end - begin);
            begin = end;
        }
    }

  private:
    // Not inlined, and unrolled by order: else GCC 12 keeps the 16-bit sums in memory.
    [[gnu::noinline]] void add_block(const Cell* rows, std::size_t row_cells, const Cell* panel,
                                     std::size_t cells) {
        __m256i narrow[Rows][Vectors];
#pragma GCC unroll 8
        for (std::size_t r = 0; r < Rows; ++r) {
            const __m256i start = Simd::broadcast_integers(rows[r * row_cells]);
#pragma GCC unroll 8
            for (std::size_t v = 0; v < Vectors; ++v) narrow[r][v] = start;
        }
        const Cell* const end = rows + cells;
        for (++rows, panel += panel_rows; rows < end; ++rows, panel += panel_rows) {
            __m256i columns[Vectors];
#pragma GCC unroll 8
            for (std::size_t v = 0; v < Vectors; ++v) {
                columns[v] = Simd::load_integers(panel + v * Simd::width);
            }
#pragma GCC unroll 8
            for (std::size_t r = 0; r < Rows; ++r) {
                const __m256i row = Simd::broadcast_integers(rows[r * row_cells]);
#pragma GCC unroll 8
                for (std::size_t v = 0; v < Vectors; ++v) {
                    narrow[r][v] =
                        _mm256_add_epi16(narrow[r][v], _mm256_maddubs_epi16(columns[v], row));
                }
            }
        }
#pragma GCC unroll 8
        for (std::size_t r = 0; r < Rows; ++r) {
#pragma GCC unroll 8
            for (std::size_t v = 0; v < Vectors; ++v) {
                sums[r][v] = _mm256_add_epi32(sums[r][v], Simd::add_pairs(narrow[r][v]));
            }
        }
    }
};

// Sums of products of the cells of one vector, four an int32: magnitudes times values that carry
// both signs. The largest pair is 2 * narrow_most^2 < 2^15.
__m256i products_of(__m256i a, __m256i b) {
    return Avx2NarrowInt8::add_pairs(
        _mm256_maddubs_epi16(_mm256_abs_epi8(a), _mm256_sign_epi8(b, a)));
}

float product_narrow(const Cell* a, const Cell* b, std::size_t cells) {
    constexpr std::size_t width = Avx2::width;
    static_assert(narrow_block == 2 * width);
    const auto load = Avx2NarrowInt8::load_integers;
    __m256i first = _mm256_setzero_si256();
    __m256i last = first;
    std::size_t i = leading_cells(Precision::narrow_int8);
    for (; i + narrow_block < cells; i += narrow_block + 1) {
        const Cell* x = a + i + 1;
        const Cell* y = b + i + 1;
        first = _mm256_add_epi32(first, products_of(load(x), load(y)));
        last = _mm256_add_epi32(last, products_of(load(x + width), load(y + width)));
    }
    if (i + 1 < cells) {
        Cell x[narrow_block] = {};
        Cell y[narrow_block] = {};
        std::copy(a + i + 1, a + cells, x);
        std::copy(b + i + 1, b + cells, y);
        first = _mm256_add_epi32(first, products_of(load(x), load(y)));
        last = _mm256_add_epi32(last, products_of(load(x + width), load(y + width)));
    }
    const __m256i all = _mm256_add_epi32(first, last);
    __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(all), _mm256_extracti128_si256(all, 1));
    sum = _mm_add_epi32(sum, _mm_unpackhi_epi64(sum, sum));
    sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 1));
    return static_cast<float>(_mm_cvtsi128_si32(sum)) *
           (std::bit_cast<float>(*a) * std::bit_cast<float>(*b));
}

}  // namespace

// 6 x 2 sums, 2 vectors of the panel, a broadcast and its products fill the 16 registers.
const ScreenKernel& avx2_int8_screen_kernel() {
    static constexpr ScreenKernel kernel = make_screen_kernel<NarrowBlock<6, 2>>(product_narrow);
    return kernel;
}

}  // namespace twinscore
