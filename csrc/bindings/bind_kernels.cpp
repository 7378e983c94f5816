#include <pybind11/stl.h>

#include "bind.hpp"
#include "kernels/dispatch.hpp"

namespace twinscore::bindings {

void bind_kernels(pybind11::module_& module) {
    module.def("kernels", [] {
        std::vector<std::string> names;
        for (const Kernel* kernel : available_kernels()) names.emplace_back(kernel->name);
        return names;
    });
}

}  // namespace twinscore::bindings
