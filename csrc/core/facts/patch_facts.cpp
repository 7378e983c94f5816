#include "facts/patch_facts.hpp"

#include "facts/detail.hpp"
#include "facts/lateral_color.hpp"
#include "facts/luma.hpp"

namespace twinscore {

PatchFacts patch_facts(const Patches& patches) {
    const Planes luma = luma_of(patches.pixels, patches.side, patches.count());
    return {noise_of(luma), sharpness_of(luma), slope_of(luma), blockiness_of(luma, patches.block),
            aberration_of(patches)};
}

}  // namespace twinscore
