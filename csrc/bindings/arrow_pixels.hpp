#pragma once

// Pixels handed over in place by the Arrow C data interface, as imaging libraries do:
// https://arrow.apache.org/docs/format/CDataInterface.html

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <cstdint>

namespace twinscore::bindings {

// The bytes of an array of quadruples of bytes, given as a capsule; they stay where they are.
[[nodiscard]] pybind11::array_t<std::uint8_t> bytes_of_arrow(const pybind11::capsule& array);

// The capsules of type and array of quadruples that lie in these bytes, which are kept for them.
[[nodiscard]] pybind11::tuple arrow_of_bytes(const pybind11::array_t<std::uint8_t>& bytes);

}  // namespace twinscore::bindings
