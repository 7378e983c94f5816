#include "pictures/reduction.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace twinscore {
namespace {

constexpr std::size_t largest_factor = 2048;

// The largest factor whose squares of bytes, and half as much for rounding, sum up in 16 bits.
constexpr std::size_t largest_of_lanes = 16;

// A mean as Pillow takes it: by a factor of 24 bits, which is a little too small where pixels are
// no power of two in number.
struct Mean {
    explicit Mean(std::size_t pixels)
        : half(static_cast<std::uint32_t>(pixels / 2)),
          factor(static_cast<std::uint32_t>(4294967296.0F / static_cast<float>(256 * pixels))) {}

    [[nodiscard]] std::uint8_t of(std::uint32_t sum) const {
        return static_cast<std::uint8_t>((std::uint64_t{sum + half} * factor) >> 24);
    }

    std::uint32_t half;
    std::uint32_t factor;
};

// Four sums of 16 bits side by side in one number, so that one addition is all four: of the even
// bytes of a pixel in its lower half, of the odd ones in its upper half.
using Lanes = std::uint64_t;

constexpr Lanes even_bytes = 0x00ff00ff00ff00ff;
constexpr Lanes one_in_each = 0x0001000100010001;

Lanes two_pixels(const std::uint8_t* bytes) {
    Lanes pixels;
    std::memcpy(&pixels, bytes, sizeof pixels);
    return pixels;
}

// The sums of two pixels side by side and of those below them, so many rows in all.
template <std::size_t rows>
Lanes sum_of_pairs(const std::uint8_t* pair, std::size_t row_bytes) {
    Lanes even = 0;
    Lanes odd = 0;
    for (std::size_t row = 0; row < rows; ++row) {
        const Lanes pixels = two_pixels(pair + row * row_bytes);
        even += pixels & even_bytes;
        odd += (pixels >> 8) & even_bytes;
    }
    constexpr Lanes first_pixel = 0xffffffff;
    return ((even + (even >> 32)) & first_pixel) | ((odd + (odd << 32)) & ~first_pixel);
}

// Where in them the sum of a byte of a pixel is: bytes 0, 2, 1, 3 in the order of their bits.
unsigned lane_of(std::size_t byte) {
    return static_cast<unsigned>(16 * (byte / 2) + 32 * (byte % 2));
}

void write_mean(Lanes sums, unsigned shift, std::uint8_t* pixel) {
    const Lanes rounded = sums + one_in_each * ((Lanes{1} << shift) / 2);
    const Lanes means = (rounded >> shift) & even_bytes;
    const auto bytes = static_cast<std::uint32_t>(means | means >> 24);
    std::memcpy(pixel, &bytes, sizeof bytes);
}

// Nothing that is written is read by another name: loops over pixels side by side take many at
// once.

void halve_pairs(const std::uint8_t* __restrict rows, std::size_t row_bytes,
                 std::uint8_t* __restrict target, std::size_t pairs) {
    for (std::size_t x = 0; x < pairs; ++x) {
        const Lanes sums = sum_of_pairs<2>(rows + 2 * x * pixel_bytes, row_bytes);
        write_mean(sums, 2, target + x * pixel_bytes);
    }
}

// The next two rows lie `ahead` bytes on. A picture that was just decoded is no longer near the
// processor, and every row begins on another page, where processors do not fetch ahead by
// themselves.
void halve_rows(const std::uint8_t* rows, std::size_t row_bytes, std::uint8_t* target,
                std::size_t pairs, std::size_t ahead) {
    constexpr std::size_t line = 64;
    constexpr std::size_t pairs_at_once = 8 * line / (2 * pixel_bytes);
    for (std::size_t begin = 0; begin < pairs; begin += pairs_at_once) {
        const std::size_t count = std::min(pairs_at_once, pairs - begin);
        const std::uint8_t* here = rows + 2 * begin * pixel_bytes;
        for (std::size_t byte = 0; byte < 2 * count * pixel_bytes; byte += line) {
            __builtin_prefetch(here + ahead + byte);
            __builtin_prefetch(here + ahead + row_bytes + byte);
        }
        halve_pairs(here, row_bytes, target + begin * pixel_bytes, count);
    }
}

template <std::size_t side>
void sum_rows(const std::uint8_t* __restrict rows, std::size_t row_bytes, Lanes* __restrict sums,
              std::size_t pairs) {
    for (std::size_t x = 0; x < pairs; ++x) {
        sums[x] = sum_of_pairs<side>(rows + 2 * x * pixel_bytes, row_bytes);
    }
}

void add_pairs(const Lanes* __restrict sums, Lanes* __restrict paired, std::size_t pairs) {
    for (std::size_t x = 0; x < pairs; ++x) {
        paired[x] = sums[2 * x] + sums[2 * x + 1];
    }
}

void round_row(const Lanes* __restrict sums, std::uint8_t* __restrict target, std::size_t count,
               unsigned shift) {
    for (std::size_t x = 0; x < count; ++x) {
        write_mean(sums[x], shift, target + x * pixel_bytes);
    }
}

auto sum_rows_of(std::size_t side) {
    switch (side) {
        case 2:
            return sum_rows<2>;
        case 4:
            return sum_rows<4>;
        case 8:
            return sum_rows<8>;
        default:
            return sum_rows<largest_of_lanes>;
    }
}

// Sums of squares of 2, 4, 8 or 16 pixels a side, of one row of squares.
class SquareRow {
  public:
    SquareRow(std::size_t pixels, std::size_t side)
        : side_(side), count_(pixels / side), sums_(pixels / 2), paired_(pixels / 2) {}

    // The sums of whole squares from a row of the picture on.
    [[nodiscard]] std::span<const Lanes> of(const PictureView& picture, std::size_t first) {
        std::size_t width = count_ * side_ / 2;
        sum_rows_of(side_)(picture.row(first), picture.width * pixel_bytes, sums_.data(), width);
        for (; width > count_; width /= 2) {
            add_pairs(sums_.data(), paired_.data(), width / 2);
            std::swap(sums_, paired_);
        }
        return {sums_.data(), count_};
    }

  private:
    std::size_t side_;
    std::size_t count_;
    std::vector<Lanes> sums_;
    std::vector<Lanes> paired_;
};

// Means of squares that lie in the picture as a whole, a row of them at a time.
class WholeSquares {
  public:
    WholeSquares(const PictureView& picture, std::size_t factor)
        : picture_(picture),
          factor_(factor),
          side_(std::min(factor, largest_of_lanes)),
          shift_(static_cast<unsigned>(2 * std::countr_zero(factor))),
          count_(picture.width / factor),
          row_(picture.width, side_),
          totals_(factor > side_ ? count_ * pixel_bytes : 0) {}

    [[nodiscard]] std::size_t count() const { return count_; }

    void write_means(std::size_t first, std::uint8_t* target) {
        if (factor_ == 2) {
            const std::size_t row_bytes = picture_.width * pixel_bytes;
            const std::size_t ahead = first + 4 <= picture_.height ? 2 * row_bytes : 0;
            halve_rows(picture_.row(first), row_bytes, target, count_, ahead);
        } else if (factor_ == side_) {
            round_row(row_.of(picture_, first).data(), target, count_, shift_);
        } else {
            write_means_of_many(first, target);
        }
    }

  private:
    // Squares of which the sums need more than 16 bits are made of those that do not.
    void write_means_of_many(std::size_t first, std::uint8_t* target) {
        std::ranges::fill(totals_, 0U);
        const std::size_t across = factor_ / side_;
        for (std::size_t y = first; y < first + factor_; y += side_) {
            const std::span<const Lanes> sums = row_.of(picture_, y);
            for (std::size_t x = 0; x < count_ * across; ++x) {
                std::uint32_t* total = totals_.data() + x / across * pixel_bytes;
                for (std::size_t c = 0; c < pixel_bytes; ++c) {
                    total[c] += static_cast<std::uint16_t>(sums[x] >> lane_of(c));
                }
            }
        }
        const std::uint32_t half = (std::uint32_t{1} << shift_) / 2;
        for (std::size_t i = 0; i < totals_.size(); ++i) {
            target[i] = static_cast<std::uint8_t>((totals_[i] + half) >> shift_);
        }
    }

    PictureView picture_;
    std::size_t factor_;
    std::size_t side_;
    unsigned shift_;
    std::size_t count_;
    SquareRow row_;
    std::vector<std::uint32_t> totals_;
};

// The mean of a square of which the border of the picture leaves less.
void write_mean_of_part(const PictureView& picture, const Rectangle& part, std::uint8_t* target) {
    std::array<std::uint32_t, pixel_bytes> sums{};
    for (std::size_t y = part.top; y < part.bottom; ++y) {
        const std::uint8_t* byte = picture.row(y) + part.left * pixel_bytes;
        for (std::size_t x = part.left; x < part.right; ++x) {
            for (std::uint32_t& sum : sums) {
                sum += *byte++;
            }
        }
    }
    const Mean mean((part.right - part.left) * (part.bottom - part.top));
    std::ranges::transform(sums, target, [&](std::uint32_t sum) { return mean.of(sum); });
}

}  // namespace

Picture reduced(const PictureView& picture, std::size_t factor) {
    if (!std::has_single_bit(factor) || factor > largest_factor) {
        throw std::invalid_argument("expected a power of two up to 2,048 to reduce by, got " +
                                    std::to_string(factor));
    }
    Picture result{
        {}, (picture.width + factor - 1) / factor, (picture.height + factor - 1) / factor};
    if (factor == 1) {
        result.bytes.assign(picture.bytes.begin(), picture.bytes.end());
        return result;
    }
    result.bytes.resize(result.width * result.height * pixel_bytes);
    WholeSquares squares(picture, factor);
    for (std::size_t y = 0; y < result.height; ++y) {
        const std::size_t top = y * factor;
        const std::size_t bottom = std::min(top + factor, picture.height);
        const std::size_t whole = bottom - top == factor ? squares.count() : 0;
        if (whole > 0) {
            squares.write_means(top, result.row(y));
        }
        for (std::size_t x = whole; x < result.width; ++x) {
            const std::size_t left = x * factor;
            const std::size_t right = std::min(left + factor, picture.width);
            write_mean_of_part(picture, {left, top, right, bottom},
                               result.row(y) + x * pixel_bytes);
        }
    }
    return result;
}

}  // namespace twinscore
