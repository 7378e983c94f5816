#include <pybind11/stl.h>

#include "arrays.hpp"
#include "bind.hpp"
#include "python_monitor.hpp"
#include "relabelling/permutation.hpp"

namespace twinscore::bindings {
namespace {

py::array_t<double> permuted_scores(const Contiguous<std::int64_t>& offsets,
                                    const Contiguous<std::int64_t>& targets,
                                    const Contiguous<double>& weights,
                                    const Contiguous<std::int64_t>& group_of_point,
                                    const Contiguous<std::uint8_t>& group_is_synthetic,
                                    std::size_t permutations, std::uint64_t seed, unsigned threads,
                                    const py::object& progress) {
    const GraphView graph{span_of(offsets), span_of(targets), span_of(weights)};
    PythonMonitor monitor(progress);
    std::vector<ScorePair> scores;
    {
        const py::gil_scoped_release release;
        scores =
            twinscore::permuted_scores(graph, span_of(group_of_point), span_of(group_is_synthetic),
                                       permutations, seed, threads, monitor);
    }
    py::array_t<double> both({static_cast<py::ssize_t>(scores.size()), py::ssize_t{2}});
    auto cells = both.mutable_unchecked<2>();
    for (py::ssize_t b = 0; b < cells.shape(0); ++b) {
        const auto& pair = scores[static_cast<std::size_t>(b)];
        cells(b, 0) = pair.score;
        cells(b, 1) = pair.reverse_score;
    }
    return both;
}

}  // namespace

void bind_permutation(pybind11::module_& module) {
    using namespace pybind11::literals;
    module.def("permuted_scores", &permuted_scores, "offsets"_a, "targets"_a, "weights"_a,
               "group_of_point"_a, "group_is_synthetic"_a, "permutations"_a, "seed"_a, "threads"_a,
               "progress"_a);
}

}  // namespace twinscore::bindings
