#include <algorithm>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include "expect.hpp"
#include "pictures/contrast.hpp"
#include "pictures/covering.hpp"
#include "pictures/framing.hpp"
#include "pictures/reduction.hpp"

using namespace twinscore;
using twinscore::testing::expect;
using twinscore::testing::expect_throws;

namespace {

std::vector<std::uint8_t> picture_of(std::size_t width, std::size_t height, auto level_at) {
    std::vector<std::uint8_t> bytes;
    for (std::size_t y = 0; y < height; ++y) {
        for (std::size_t x = 0; x < width; ++x) {
            bytes.insert(bytes.end(), pixel_bytes, static_cast<std::uint8_t>(level_at(x, y)));
        }
    }
    return bytes;
}

void a_reduced_pixel_is_the_mean_of_its_square() {
    const auto bytes = picture_of(4, 2, [](std::size_t x, std::size_t) { return 10 * x; });
    const Picture half = reduced({bytes, 4, 2}, 2);
    expect(half.width == 2 && half.height == 1, "half as wide and high");
    expect(half.bytes[0] == 5 && half.bytes[pixel_bytes] == 25, "the means of 0, 10 and 20, 30");
}

void white_stays_white_by_every_factor() {
    const auto bytes = picture_of(70, 67, [](std::size_t, std::size_t) { return 255; });
    for (const std::size_t factor : {1UL, 2UL, 4UL, 8UL, 16UL, 32UL, 64UL, 128UL}) {
        const Picture small = reduced({bytes, 70, 67}, factor);
        expect(small.bytes.front() == 255 || small.width == 1, "no sum runs over");
        expect(small.bytes.size() == small.width * small.height * pixel_bytes, "all are there");
    }
}

void a_part_is_framed_by_grey() {
    const auto bytes = picture_of(5, 4, [](std::size_t x, std::size_t y) { return 10 * y + x; });
    const Rectangle part{1, 2, 4, 4};
    const SquareFrame frame{6, 2, 3};
    const Picture square = framed({bytes, 5, 4}, part, frame, 99);
    for (std::size_t y = 0; y < 6; ++y) {
        for (std::size_t x = 0; x < 6; ++x) {
            const bool is_part = x >= 2 && x < 5 && y >= 3 && y < 5;
            const std::size_t level = is_part ? 10 * (y - 1) + (x - 1) : 99;
            expect(square.bytes[(y * 6 + x) * pixel_bytes] == level, "the part, grey elsewhere");
        }
    }
    for (const Rectangle& outside : {Rectangle{1, 2, 6, 4}, Rectangle{1, 2, 4, 5}}) {
        expect_throws<std::invalid_argument>(
            [&] { [[maybe_unused]] const Picture none = framed({bytes, 5, 4}, outside, frame, 0); },
            "within the picture");
    }
    expect_throws<std::invalid_argument>(
        [&] { [[maybe_unused]] const Picture none = framed({bytes, 5, 4}, part, {6, 4, 3}, 0); },
        "and the square");
}

void factors_are_powers_of_two() {
    const auto bytes = picture_of(4, 4, [](std::size_t, std::size_t) { return 1; });
    for (const std::size_t factor : {0UL, 3UL, 4096UL}) {
        expect_throws<std::invalid_argument>(
            [&] { [[maybe_unused]] const Picture none = reduced({bytes, 4, 4}, factor); },
            "expected a power of two");
    }
}

void a_covered_picture_shows_nothing_of_what_is_covered() {
    const std::vector<Rectangle> parts{{3, 2, 20, 17}, {0, 0, 5, 4}};
    const auto of = [&](int inside) {
        return picture_of(41, 33, [&](std::size_t x, std::size_t y) {
            for (const Rectangle& each : parts) {
                if (x >= each.left && x < each.right && y >= each.top && y < each.bottom) {
                    return inside;
                }
            }
            return static_cast<int>(3 * x + 2 * y);
        });
    };
    const auto dark = of(0);
    const auto bright = of(255);
    for (const std::size_t cell : {1UL, 2UL, 4UL}) {
        const Picture one = covered({dark, 41, 33}, parts, cell, 127);
        const Picture two = covered({bright, 41, 33}, parts, cell, 127);
        expect(one.bytes == two.bytes, "whatever was there");
        expect(std::equal(one.bytes.end() - 41 * pixel_bytes, one.bytes.end(),
                          dark.end() - 41 * pixel_bytes),
               "and the rest as it was");
    }
}

void all_covered_is_of_one_colour() {
    const auto bytes = picture_of(9, 9, [](std::size_t x, std::size_t y) { return x * y; });
    const std::vector<Rectangle> all{{0, 0, 9, 9}};
    const Picture picture = covered({bytes, 9, 9}, all, 1, 127);
    expect(std::ranges::count(picture.bytes, 127) == 9 * 9 * 4, "of the fill");
}

void rectangles_beyond_the_picture_are_refused() {
    const auto bytes = picture_of(4, 4, [](std::size_t, std::size_t) { return 1; });
    for (const Rectangle& part : {Rectangle{0, 0, 5, 1}, Rectangle{2, 2, 2, 3}}) {
        const std::vector<Rectangle> parts{part};
        expect_throws<std::invalid_argument>(
            [&] { [[maybe_unused]] const Picture none = covered({bytes, 4, 4}, parts, 1, 127); },
            "expected rectangles within the picture");
    }
}

void contrast_is_measured_against_a_ring() {
    const auto bytes = picture_of(32, 32, [](std::size_t x, std::size_t y) {
        return x >= 8 && x < 16 && y >= 8 && y < 16 ? 90 : 50;
    });
    // Of a picture that was twice as large.
    const std::vector<Rectangle> parts{{16, 16, 32, 32}, {0, 0, 64, 64}, {63, 63, 64, 64}};
    const std::vector<double> found = contrasts({bytes, 32, 32}, parts, {2, 4, 0.25});
    expect(found[0] == 40.0, "a bright square on even ground");
    expect(std::isnan(found[1]), "nothing is around the whole");
    expect(found[2] == 0.0, "even ground, at the border");
}

}  // namespace

int main() {
    a_reduced_pixel_is_the_mean_of_its_square();
    white_stays_white_by_every_factor();
    factors_are_powers_of_two();
    a_part_is_framed_by_grey();
    a_covered_picture_shows_nothing_of_what_is_covered();
    all_covered_is_of_one_colour();
    rectangles_beyond_the_picture_are_refused();
    contrast_is_measured_against_a_ring();
}
