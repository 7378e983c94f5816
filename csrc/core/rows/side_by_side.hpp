#pragma once

// Figures of a row, found in places that lie side by side: the compiler makes vectors of those.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <span>

namespace twinscore {

inline constexpr std::size_t side_by_side = 16;

// A sum of squares, in float64.
class SquareSums {
  public:
    // Takes as many values as lie side by side.
    template <class Value>
    void add(const Value* values) {
        for (std::size_t i = 0; i < side_by_side; ++i) {
            const auto value = static_cast<double>(values[i]);
            sums_[i] += value * value;
        }
    }

    // Takes any number of them.
    void add_all(std::span<const float> values) {
        std::size_t i = 0;
        for (; i + side_by_side <= values.size(); i += side_by_side) add(values.data() + i);
        for (std::size_t place = 0; i < values.size(); ++i, ++place) {
            const auto value = static_cast<double>(values[i]);
            sums_[place] += value * value;
        }
    }

    [[nodiscard]] double total() const { return std::accumulate(sums_.begin(), sums_.end(), 0.0); }

    // Of the values at this place in every four.
    [[nodiscard]] double of_four(std::size_t place) const {
        double sum = 0.0;
        for (std::size_t i = place; i < side_by_side; i += 4) sum += sums_[i];
        return sum;
    }

  private:
    std::array<double, side_by_side> sums_{};
};

// The largest magnitude of some values.
[[nodiscard]] inline float largest_magnitude(std::span<const float> values) {
    std::array<float, side_by_side> largest{};
    std::size_t i = 0;
    for (; i + side_by_side <= values.size(); i += side_by_side) {
        for (std::size_t place = 0; place < side_by_side; ++place) {
            const float magnitude = std::abs(values[i + place]);
            largest[place] = largest[place] < magnitude ? magnitude : largest[place];
        }
    }
    for (; i < values.size(); ++i) largest[0] = std::max(largest[0], std::abs(values[i]));
    return *std::ranges::max_element(largest);
}

}  // namespace twinscore
