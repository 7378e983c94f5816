#pragma once

// The only place where numpy arrays become views and vectors become numpy arrays.

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "basis/matrix_view.hpp"

namespace twinscore::bindings {

namespace py = pybind11;

template <class T>
using Contiguous = py::array_t<T, py::array::c_style | py::array::forcecast>;

// Read in place: rows may be any number of bytes apart, the values of a row lie side by side.
inline MatrixView matrix_view(const py::array& array, const char* name) {
    const bool half = array.itemsize() == 2;
    if (array.dtype().kind() != 'f' || (!half && array.itemsize() != 4)) {
        throw std::invalid_argument("expected " + std::string(name) + " of float32 or float16");
    }
    if (array.ndim() != 2) {
        throw std::invalid_argument("expected " + std::string(name) +
                                    " with 2 dimensions (rows, columns), got " +
                                    std::to_string(array.ndim()));
    }
    if (array.strides(1) != array.itemsize() && array.shape(1) > 1) {
        throw std::invalid_argument("expected " + std::string(name) +
                                    " with the values of a row side by side in memory");
    }
    return {static_cast<const std::byte*>(array.data()), half ? Element::float16 : Element::float32,
            static_cast<std::size_t>(array.shape(0)), static_cast<std::size_t>(array.shape(1)),
            array.strides(0)};
}

template <class T>
std::span<const T> span_of(const Contiguous<T>& array) {
    return {array.data(), static_cast<std::size_t>(array.size())};
}

template <class T>
std::span<const T> span_of(const std::optional<Contiguous<T>>& array) {
    return array ? span_of(*array) : std::span<const T>{};
}

// Hands the vector's memory to numpy; nothing is copied.
template <class T, class Allocator>
py::array_t<T> to_array(std::vector<T, Allocator>&& values, std::vector<py::ssize_t> shape) {
    using Values = std::vector<T, Allocator>;
    auto owner = std::make_unique<Values>(std::move(values));
    const T* data = owner->data();
    py::capsule base(owner.get(), [](void* p) { delete static_cast<Values*>(p); });
    owner.release();
    return py::array_t<T>(std::move(shape), data, base);
}

template <class T>
py::array_t<T> to_array(std::vector<T>&& values) {
    const auto size = static_cast<py::ssize_t>(values.size());
    return to_array(std::move(values), {size});
}

}  // namespace twinscore::bindings
