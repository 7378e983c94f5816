#include <pybind11/stl.h>

#include <algorithm>
#include <array>
#include <vector>

#include "arrays.hpp"
#include "arrow_pixels.hpp"
#include "bind.hpp"
#include "pictures/contrast.hpp"
#include "pictures/covering.hpp"
#include "pictures/framing.hpp"
#include "pictures/reduction.hpp"

namespace twinscore::bindings {
namespace {

using Pixels = Contiguous<std::uint8_t>;
using Rectangles = Contiguous<std::int64_t>;

PictureView picture_view(const Pixels& pixels, std::size_t width, std::size_t height) {
    if (width == 0 || height == 0 ||
        static_cast<std::size_t>(pixels.size()) != width * height * pixel_bytes) {
        throw std::invalid_argument("expected four bytes of every pixel");
    }
    return {span_of(pixels), width, height};
}

py::array_t<std::uint8_t> bytes_of(Picture&& picture) {
    const auto size = static_cast<py::ssize_t>(picture.bytes.size());
    return to_array(std::move(picture.bytes), {size});
}

py::array_t<std::uint8_t> reduced(const Pixels& pixels, std::size_t width, std::size_t height,
                                  std::size_t factor) {
    const PictureView picture = picture_view(pixels, width, height);
    Picture result = [&] {
        const py::gil_scoped_release release;
        return twinscore::reduced(picture, factor);
    }();
    return bytes_of(std::move(result));
}

std::vector<Rectangle> rectangles_in(const Rectangles& values) {
    const auto edges = span_of(values);
    if (edges.size() % 4 != 0 || std::ranges::any_of(edges, [](auto edge) { return edge < 0; })) {
        throw std::invalid_argument("expected left, top, right and bottom of rectangles");
    }
    std::vector<Rectangle> rectangles;
    for (std::size_t i = 0; i < edges.size(); i += 4) {
        rectangles.push_back(
            {static_cast<std::size_t>(edges[i]), static_cast<std::size_t>(edges[i + 1]),
             static_cast<std::size_t>(edges[i + 2]), static_cast<std::size_t>(edges[i + 3])});
    }
    return rectangles;
}

py::array_t<std::uint8_t> covered(const Pixels& pixels, std::size_t width, std::size_t height,
                                  const Rectangles& values, std::size_t cell, std::uint8_t fill) {
    const PictureView picture = picture_view(pixels, width, height);
    const std::vector<Rectangle> rectangles = rectangles_in(values);
    Picture result = [&] {
        const py::gil_scoped_release release;
        return twinscore::covered(picture, rectangles, cell, fill);
    }();
    return bytes_of(std::move(result));
}

py::array_t<std::uint8_t> framed(const Pixels& pixels, std::size_t width, std::size_t height,
                                 const std::array<std::size_t, 4>& part, std::size_t side,
                                 const std::array<std::size_t, 2>& place, std::uint8_t fill) {
    const PictureView picture = picture_view(pixels, width, height);
    Picture result = [&] {
        const py::gil_scoped_release release;
        return twinscore::framed(picture, {part[0], part[1], part[2], part[3]},
                                 {side, place[0], place[1]}, fill);
    }();
    return bytes_of(std::move(result));
}

std::vector<double> contrasts(const Pixels& pixels, std::size_t width, std::size_t height,
                              const Rectangles& values, std::size_t reduced_by, std::size_t cell,
                              double ring) {
    const PictureView picture = picture_view(pixels, width, height);
    const std::vector<Rectangle> rectangles = rectangles_in(values);
    const py::gil_scoped_release release;
    return twinscore::contrasts(picture, rectangles, {reduced_by, cell, ring});
}

}  // namespace

void bind_pictures(pybind11::module_& module) {
    using namespace pybind11::literals;
    module.def("bytes_of_arrow", &bytes_of_arrow, "array"_a);
    module.def("arrow_of_bytes", &arrow_of_bytes, "pixels"_a);
    module.def("reduced", &reduced, "pixels"_a, "width"_a, "height"_a, "factor"_a);
    module.def("covered", &covered, "pixels"_a, "width"_a, "height"_a, "rectangles"_a, "cell"_a,
               "fill"_a);
    module.def("framed", &framed, "pixels"_a, "width"_a, "height"_a, "part"_a, "side"_a, "place"_a,
               "fill"_a);
    module.def("contrasts", &contrasts, "pixels"_a, "width"_a, "height"_a, "rectangles"_a,
               "reduced_by"_a, "cell"_a, "ring"_a);
}

}  // namespace twinscore::bindings
