#include "pictures/reduction.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>

namespace twinscore {
namespace {

constexpr std::size_t largest_factor = 2048;

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

// Nothing that is written is read by another name: loops over values side by side take many at
// once.

template <class Sum>
void set_row(const std::uint8_t* __restrict row, Sum* __restrict sums, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        sums[i] = row[i];
    }
}

template <class Sum>
void add_row(const std::uint8_t* __restrict row, Sum* __restrict sums, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        sums[i] = static_cast<Sum>(sums[i] + row[i]);
    }
}

template <class Sum>
void add_pairs(const Sum* __restrict sums, Sum* __restrict paired, std::size_t pairs) {
    typedef Sum Pixel __attribute__((vector_size(pixel_bytes * sizeof(Sum))));
    for (std::size_t x = 0; x < pairs; ++x) {
        Pixel first;
        Pixel second;
        std::memcpy(&first, sums + 2 * x * pixel_bytes, sizeof first);
        std::memcpy(&second, sums + (2 * x + 1) * pixel_bytes, sizeof second);
        first += second;
        std::memcpy(paired + x * pixel_bytes, &first, sizeof first);
    }
}

template <class Sum>
void round_row(const Sum* __restrict sums, std::uint8_t* __restrict target, std::size_t count,
               unsigned shift) {
    const Sum half = static_cast<Sum>((Sum{1} << shift) / 2);
    for (std::size_t i = 0; i < count; ++i) {
        target[i] = static_cast<std::uint8_t>(static_cast<Sum>(sums[i] + half) >> shift);
    }
}

// Sums of sixteen squared bytes fit in 16 bits, of which twice as many are added at once.
template <class Sum>
class Reduction {
  public:
    Reduction(const PictureView& picture, std::size_t factor)
        : picture_(picture),
          factor_(factor),
          sums_(picture.width * pixel_bytes),
          paired_(sums_.size() / 2),
          paired_twice_(sums_.size() / 4),
          target_{
              {}, (picture.width + factor - 1) / factor, (picture.height + factor - 1) / factor} {
        target_.bytes.resize(target_.width * target_.height * pixel_bytes);
    }

    [[nodiscard]] Picture run() && {
        for (std::size_t y = 0; y < target_.height; ++y) {
            const std::size_t first = y * factor_;
            const std::size_t rows = std::min(factor_, picture_.height - first);
            set_row(picture_.row(first), sums_.data(), sums_.size());
            for (std::size_t row = first + 1; row < first + rows; ++row) {
                add_row(picture_.row(row), sums_.data(), sums_.size());
            }
            const std::size_t whole = rows == factor_ ? picture_.width / factor_ : 0;
            average_whole(target_.row(y), whole);
            for (std::size_t x = whole; x < target_.width; ++x) {
                average_part(target_.row(y), x, rows);
            }
        }
        return std::move(target_);
    }

  private:
    // Neighbors are added in pairs, pairs of pairs, and so on.
    void average_whole(std::uint8_t* target, std::size_t count) {
        const Sum* source = sums_.data();
        Sum* next = paired_.data();
        for (std::size_t pixels = count * factor_; pixels > count; pixels /= 2) {
            add_pairs(source, next, pixels / 2);
            source = next;
            next = next == paired_.data() ? paired_twice_.data() : paired_.data();
        }
        const auto shift = static_cast<unsigned>(2 * std::countr_zero(factor_));
        round_row(source, target, count * pixel_bytes, shift);
    }

    // A square of which the border of the picture leaves less.
    void average_part(std::uint8_t* target, std::size_t x, std::size_t rows) const {
        const std::size_t first = x * factor_;
        const std::size_t columns = std::min(factor_, picture_.width - first);
        const Mean mean(rows * columns);
        for (std::size_t c = 0; c < pixel_bytes; ++c) {
            std::uint32_t sum = 0;
            for (std::size_t j = 0; j < columns; ++j) {
                sum += sums_[(first + j) * pixel_bytes + c];
            }
            target[x * pixel_bytes + c] = mean.of(sum);
        }
    }

    PictureView picture_;
    std::size_t factor_;
    std::vector<Sum> sums_;
    std::vector<Sum> paired_;
    std::vector<Sum> paired_twice_;
    Picture target_;
};

}  // namespace

Picture reduced(const PictureView& picture, std::size_t factor) {
    if (!std::has_single_bit(factor) || factor > largest_factor) {
        throw std::invalid_argument("expected a power of two up to 2,048 to reduce by, got " +
                                    std::to_string(factor));
    }
    constexpr std::size_t most = std::numeric_limits<std::uint16_t>::max();
    // Rounding adds half a square to its sum.
    if (factor * factor * 255 + factor * factor / 2 <= most) {
        return Reduction<std::uint16_t>(picture, factor).run();
    }
    return Reduction<std::uint32_t>(picture, factor).run();
}

}  // namespace twinscore
