#include <pybind11/stl.h>

#include <array>

#include "arrays.hpp"
#include "bind.hpp"
#include "facts/patch_facts.hpp"
#include "facts/tone_facts.hpp"

namespace twinscore::bindings {
namespace {

using Pixels = Contiguous<std::uint8_t>;

std::array<double, 5> patch_facts(const Pixels& pixels, const Contiguous<double>& outwards,
                                  std::size_t block) {
    const Patches patches{span_of(pixels), static_cast<std::size_t>(pixels.shape(1)),
                          span_of(outwards), block};
    const py::gil_scoped_release release;
    const PatchFacts facts = twinscore::patch_facts(patches);
    return {facts.noise, facts.sharpness, facts.slope, facts.blockiness, facts.aberration};
}

std::array<double, 9> tone_facts(const Pixels& pixels) {
    const PixelView image{span_of(pixels), static_cast<std::size_t>(pixels.shape(0)),
                          static_cast<std::size_t>(pixels.shape(1))};
    const py::gil_scoped_release release;
    const ToneFacts facts = twinscore::tone_facts(image);
    return {facts.brightness, facts.contrast, facts.blacks,  facts.whites, facts.saturation,
            facts.warmth,     facts.tint,     facts.entropy, facts.edges};
}

}  // namespace

void bind_facts(pybind11::module_& module) {
    using namespace pybind11::literals;
    module.def("patch_facts", &patch_facts, "pixels"_a, "outwards"_a, "block"_a);
    module.def("tone_facts", &tone_facts, "pixels"_a);
}

}  // namespace twinscore::bindings
