#include "bind.hpp"

PYBIND11_MODULE(_core, module) {
    module.doc() =
        "Compiled core of twinscore: exact nearest neighbors, permutations, pictures and facts of "
        "pixels.";
    twinscore::bindings::bind_blocks(module);
    twinscore::bindings::bind_facts(module);
    twinscore::bindings::bind_kernels(module);
    twinscore::bindings::bind_neighbors(module);
    twinscore::bindings::bind_permutation(module);
    twinscore::bindings::bind_pictures(module);
    twinscore::bindings::bind_thinning(module);
}
