#pragma once

#include <pybind11/pybind11.h>

#include "basis/parallel_for.hpp"

namespace twinscore::bindings {

// Lets Python breathe while the core works: signals such as Ctrl-C are answered and the progress
// callback is called. Used with the GIL released; an exception of either ends the computation.
class PythonMonitor final : public Monitor {
  public:
    explicit PythonMonitor(pybind11::object progress) : progress_(std::move(progress)) {}

    void poll(std::uint64_t done, std::uint64_t total) override {
        const pybind11::gil_scoped_acquire gil;
        if (PyErr_CheckSignals() != 0) throw pybind11::error_already_set();
        if (total > 0 && !progress_.is_none()) progress_(done, total);
    }

  private:
    pybind11::object progress_;
};

}  // namespace twinscore::bindings
