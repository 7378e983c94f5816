#include "facts/lateral_color.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

namespace twinscore {
namespace {

// Pixels of a patch that are looked at: of hundreds of images, these suffice.
constexpr std::size_t inner = 40;
// Of the way to the corner, right and down alike, from which a patch tells of aberration.
constexpr double far_out = 0.5;
// Mean square in levels per pixel below which a patch has nothing to see a shift by.
constexpr double least_gradient = 4.0;
constexpr double least_alike = 0.2;
constexpr double farthest = 4.0;

// Inner products of a patch's colours, of green and its gradient without their means.
struct Products {
    double green_green = 0.0;
    double green_gradient = 0.0;
    double gradient_gradient = 0.0;
    double red_green = 0.0;
    double red_gradient = 0.0;
    double blue_green = 0.0;
    double blue_gradient = 0.0;
    double pixels = 0.0;

    [[nodiscard]] double determinant() const {
        return green_green * gradient_gradient - green_gradient * green_gradient;
    }

    // How far a colour lies inwards of green, in pixels.
    [[nodiscard]] double moved(double of_green, double of_gradient) const {
        const double share = gradient_gradient * of_green - green_gradient * of_gradient;
        if (!(share > least_alike * determinant())) {
            return std::numeric_limits<double>::quiet_NaN();
        }
        return (green_green * of_gradient - green_gradient * of_green) / share;
    }
};

// A pixel without the border of a patch, whose gradient would leave it.
struct Sample {
    double red;
    double green;
    double blue;
    double gradient;
};

std::vector<Sample> samples_of(const Patches& patches, std::size_t patch, double right,
                               double down) {
    const std::size_t side = patches.side;
    const std::size_t margin = side > inner ? (side - inner) / 2 : 0;
    const std::uint8_t* first = patches.pixels.data() + 3 * patch * side * side;
    const auto at = [&](std::size_t y, std::size_t x, std::size_t channel) {
        return static_cast<int>(first[3 * (y * side + x) + channel]);
    };
    std::vector<Sample> samples;
    samples.reserve(side * side);
    for (std::size_t y = margin + 1; y + margin + 1 < side; ++y) {
        for (std::size_t x = margin + 1; x + margin + 1 < side; ++x) {
            const auto across = static_cast<double>(at(y, x + 1, 1) - at(y, x - 1, 1));
            const auto along = static_cast<double>(at(y + 1, x, 1) - at(y - 1, x, 1));
            samples.push_back({static_cast<double>(at(y, x, 0)), static_cast<double>(at(y, x, 1)),
                               static_cast<double>(at(y, x, 2)),
                               0.5 * right * across + 0.5 * down * along});
        }
    }
    return samples;
}

Products products_of(const std::vector<Sample>& samples) {
    Products products;
    products.pixels = static_cast<double>(samples.size());
    double green_mean = 0.0;
    double gradient_mean = 0.0;
    for (const Sample& sample : samples) {
        green_mean += sample.green / products.pixels;
        gradient_mean += sample.gradient / products.pixels;
    }
    for (const Sample& sample : samples) {
        const double green = sample.green - green_mean;
        const double gradient = sample.gradient - gradient_mean;
        products.green_green += green * green;
        products.green_gradient += green * gradient;
        products.gradient_gradient += gradient * gradient;
        products.red_green += sample.red * green;
        products.red_gradient += sample.red * gradient;
        products.blue_green += sample.blue * green;
        products.blue_gradient += sample.blue * gradient;
    }
    return products;
}

std::optional<double> shift_of(const Patches& patches, std::size_t patch) {
    const double right = patches.outwards[2 * patch];
    const double down = patches.outwards[2 * patch + 1];
    if (std::min(std::abs(right), std::abs(down)) < far_out) return std::nullopt;
    const double length = std::hypot(right, down);
    const Products products =
        products_of(samples_of(patches, patch, right / length, down / length));
    if (products.gradient_gradient < least_gradient * products.pixels) return std::nullopt;
    if (!(products.determinant() > 0.0)) return std::nullopt;
    const double shift = products.moved(products.blue_green, products.blue_gradient) -
                         products.moved(products.red_green, products.red_gradient);
    if (!std::isfinite(shift)) return std::nullopt;
    return std::clamp(shift, -farthest, farthest);
}

}  // namespace

double aberration_of(const Patches& patches) {
    double sum = 0.0;
    std::size_t seen = 0;
    for (std::size_t patch = 0; patch < patches.count(); ++patch) {
        if (const auto shift = shift_of(patches, patch)) {
            sum += *shift;
            ++seen;
        }
    }
    return seen > 0 ? sum / static_cast<double>(seen) : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace twinscore
