#include <pybind11/stl.h>

#include "arrays.hpp"
#include "bind.hpp"
#include "kernels/dispatch.hpp"
#include "neighbor_arrays.hpp"
#include "python_monitor.hpp"
#include "search/exact_search.hpp"
#include "search/pair_distances.hpp"

namespace twinscore::bindings {
namespace {

py::dict to_dict(const SearchReport& report) {
    using namespace pybind11::literals;
    return py::dict("prefix_width"_a = report.prefix_width, "wide_width"_a = report.wide_width,
                    "coarse"_a = report.coarse, "pairs"_a = report.pairs,
                    "past_prefix"_a = report.past_prefix, "past_wide"_a = report.past_wide,
                    "searched_again"_a = report.searched_again);
}

py::tuple search(const SearchProblem& problem, const std::string& kernel, const std::string& screen,
                 unsigned threads, const py::object& progress) {
    const SearchOptions options{&choose_kernel(kernel), threads, screen_of(screen)};
    PythonMonitor monitor(progress);
    NeighborTable table;
    SearchReport report;
    {
        const py::gil_scoped_release release;
        check(problem);
        table = exact_search(problem, options, monitor, &report);
    }
    return to_tuple(std::move(table), problem.queries.rows, problem.k) +
           py::make_tuple(to_dict(report));
}

py::tuple exact_knn(const py::array& queries, const py::array& reference, std::size_t k,
                    const std::optional<Contiguous<std::int64_t>>& query_groups,
                    const std::optional<Contiguous<std::int64_t>>& reference_groups,
                    const std::string& kernel, const std::string& screen, unsigned threads,
                    const py::object& progress) {
    const SearchProblem problem{.queries = matrix_view(queries, "queries"),
                                .reference = matrix_view(reference, "reference"),
                                .k = k,
                                .self_join = false,
                                .query_groups = span_of(query_groups),
                                .reference_groups = span_of(reference_groups)};
    return search(problem, kernel, screen, threads, progress);
}

py::tuple exact_self_knn(const py::array& points, std::size_t k,
                         const std::optional<Contiguous<std::int64_t>>& groups,
                         const std::string& kernel, const std::string& screen, unsigned threads,
                         const py::object& progress) {
    const MatrixView view = matrix_view(points, "points");
    const SearchProblem problem{.queries = view,
                                .reference = view,
                                .k = k,
                                .self_join = true,
                                .query_groups = span_of(groups),
                                .reference_groups = span_of(groups)};
    return search(problem, kernel, screen, threads, progress);
}

py::array_t<double> distances_of_pairs(const py::array& points,
                                       const Contiguous<std::int64_t>& first,
                                       const Contiguous<std::int64_t>& second,
                                       const std::string& kernel) {
    const MatrixView view = matrix_view(points, "points");
    const Kernel& chosen = choose_kernel(kernel);
    std::vector<double> distances;
    {
        const py::gil_scoped_release release;
        distances = pair_distances(view, span_of(first), span_of(second), chosen);
    }
    return to_array(std::move(distances));
}

// Keeps the array that the core reads alive.
class PreparedRows {
  public:
    PreparedRows(py::array rows, std::size_t k, const std::string& kernel,
                 const std::string& screen, unsigned threads)
        : rows_(std::move(rows)) {
        const MatrixView view = matrix_view(rows_, "reference");
        const SearchOptions options{&choose_kernel(kernel), threads, screen_of(screen)};
        PythonMonitor monitor{py::none()};
        const py::gil_scoped_release release;
        reference_.emplace(view, k, options, monitor);
    }

    [[nodiscard]] py::tuple search(const py::array& queries, std::size_t k,
                                   const std::optional<Contiguous<std::int64_t>>& query_groups,
                                   const std::optional<Contiguous<std::int64_t>>& reference_groups,
                                   const std::optional<Contiguous<std::uint8_t>>& retired) const {
        const SearchProblem problem{.queries = matrix_view(queries, "queries"),
                                    .reference = reference_->rows(),
                                    .k = k,
                                    .self_join = false,
                                    .query_groups = span_of(query_groups),
                                    .reference_groups = span_of(reference_groups),
                                    .retired = span_of(retired)};
        PythonMonitor monitor{py::none()};
        NeighborTable table;
        {
            const py::gil_scoped_release release;
            check(problem);
            table = reference_->search(problem, monitor);
        }
        return to_tuple(std::move(table), problem.queries.rows, k);
    }

  private:
    py::array rows_;
    std::optional<PreparedReference> reference_;
};

}  // namespace

void bind_neighbors(pybind11::module_& module) {
    using namespace pybind11::literals;
    module.def("exact_knn", &exact_knn, "queries"_a, "reference"_a, "k"_a, "query_groups"_a,
               "reference_groups"_a, "kernel"_a, "screen"_a, "threads"_a, "progress"_a);
    module.def("exact_self_knn", &exact_self_knn, "points"_a, "k"_a, "groups"_a, "kernel"_a,
               "screen"_a, "threads"_a, "progress"_a);
    module.def("pair_distances", &distances_of_pairs, "points"_a, "first"_a, "second"_a,
               "kernel"_a);
    py::class_<PreparedRows>(module, "PreparedReference")
        .def(py::init<py::array, std::size_t, const std::string&, const std::string&, unsigned>(),
             "rows"_a, "k"_a, "kernel"_a, "screen"_a, "threads"_a)
        .def("search", &PreparedRows::search, "queries"_a, "k"_a, "query_groups"_a,
             "reference_groups"_a, "retired"_a);
}

}  // namespace twinscore::bindings
