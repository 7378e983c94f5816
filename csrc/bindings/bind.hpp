#pragma once

#include <pybind11/pybind11.h>

namespace twinscore::bindings {

void bind_blocks(pybind11::module_& module);
void bind_facts(pybind11::module_& module);
void bind_kernels(pybind11::module_& module);
void bind_neighbors(pybind11::module_& module);
void bind_permutation(pybind11::module_& module);
void bind_pictures(pybind11::module_& module);
void bind_thinning(pybind11::module_& module);

}  // namespace twinscore::bindings
