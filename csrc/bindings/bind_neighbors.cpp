#include <pybind11/stl.h>

#include "arrays.hpp"
#include "bind.hpp"
#include "dispatch.hpp"
#include "exact_search.hpp"
#include "python_monitor.hpp"

namespace twinscore::bindings {
namespace {

py::tuple search(const SearchProblem& problem, const std::string& kernel, unsigned threads,
                 const py::object& progress) {
    PythonMonitor monitor(progress);
    NeighborTable table;
    {
        const py::gil_scoped_release release;
        check(problem);
        table = exact_search(problem, choose_kernel(kernel), threads, monitor);
    }
    const auto rows = static_cast<py::ssize_t>(problem.queries.rows);
    const auto k = static_cast<py::ssize_t>(problem.k);
    return py::make_tuple(to_array(std::move(table.distances), {rows, k}),
                          to_array(std::move(table.ids), {rows, k}),
                          to_array(std::move(table.tie_offsets)),
                          to_array(std::move(table.tie_ids)));
}

py::tuple exact_knn(const FloatArray& queries, const FloatArray& reference, std::size_t k,
                    const std::optional<Contiguous<std::int64_t>>& query_groups,
                    const std::optional<Contiguous<std::int64_t>>& reference_groups,
                    const std::string& kernel, unsigned threads, const py::object& progress) {
    const SearchProblem problem{.queries = matrix_view(queries, "queries"),
                                .reference = matrix_view(reference, "reference"),
                                .k = k,
                                .self_join = false,
                                .query_groups = span_of(query_groups),
                                .reference_groups = span_of(reference_groups)};
    return search(problem, kernel, threads, progress);
}

py::tuple exact_self_knn(const FloatArray& points, std::size_t k,
                         const std::optional<Contiguous<std::int64_t>>& groups,
                         const std::string& kernel, unsigned threads, const py::object& progress) {
    const MatrixView view = matrix_view(points, "points");
    const SearchProblem problem{.queries = view,
                                .reference = view,
                                .k = k,
                                .self_join = true,
                                .query_groups = span_of(groups),
                                .reference_groups = span_of(groups)};
    return search(problem, kernel, threads, progress);
}

}  // namespace

void bind_neighbors(pybind11::module_& module) {
    using namespace pybind11::literals;
    module.def("exact_knn", &exact_knn, "queries"_a, "reference"_a, "k"_a, "query_groups"_a,
               "reference_groups"_a, "kernel"_a, "threads"_a, "progress"_a);
    module.def("exact_self_knn", &exact_self_knn, "points"_a, "k"_a, "groups"_a, "kernel"_a,
               "threads"_a, "progress"_a);
}

}  // namespace twinscore::bindings
