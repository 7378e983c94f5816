#include <pybind11/stl.h>

#include "arrays.hpp"
#include "bind.hpp"
#include "kernels/dispatch.hpp"
#include "neighbor_arrays.hpp"
#include "python_monitor.hpp"
#include "rows/equal_rows.hpp"
#include "rows/row_digests.hpp"
#include "search/block_search.hpp"
#include "search/collapsed_search.hpp"
#include "search/common_ground.hpp"
#include "search/shortlists.hpp"

namespace twinscore::bindings {
namespace {

using Int64 = Contiguous<std::int64_t>;
using Float64 = Contiguous<double>;
using ListArrays = std::tuple<Int64, Float64, Int64>;  // offsets, distances, ids

using SketchArrays = std::tuple<Contiguous<Cell>, Contiguous<float>, Contiguous<float>>;

// Rows of a tile, order, centers of tiles, sketches of the prefix, wide ones.
using PartArrays = std::tuple<std::size_t, Contiguous<std::uint32_t>, Contiguous<float>,
                              SketchArrays, SketchArrays>;

FinishedSketches sketches_of(const SketchArrays& arrays) {
    const auto& [values, bases, spreads] = arrays;
    return {span_of(values), span_of(bases), span_of(spreads)};
}

// Keeps the array that the core reads alive.
struct PreparedArray {
    PreparedArray(std::shared_ptr<CommonGround> ground, py::array rows)
        : rows_(std::move(rows)), prepared_(prepare(std::move(ground), rows_)) {}

    PreparedArray(std::shared_ptr<CommonGround> ground, py::array rows, const PartArrays& parts,
                  std::size_t first_row)
        : rows_(std::move(rows)), prepared_(prepare(std::move(ground), rows_, parts, first_row)) {}

    [[nodiscard]] const PreparedBlock& prepared() const { return prepared_; }

  private:
    static PreparedBlock prepare(std::shared_ptr<CommonGround> ground, const py::array& rows) {
        const MatrixView view = matrix_view(rows, "rows");
        PythonMonitor monitor{py::none()};
        const py::gil_scoped_release release;
        return {std::move(ground), view, monitor};
    }

    static PreparedBlock prepare(std::shared_ptr<CommonGround> ground, const py::array& rows,
                                 const PartArrays& arrays, std::size_t first_row) {
        const MatrixView view = matrix_view(rows, "rows");
        const auto& [tile_rows, order, tile_centers, prefix, wide] = arrays;
        const ArrangedParts parts{tile_rows, span_of(order), span_of(tile_centers),
                                  sketches_of(prefix), sketches_of(wide)};
        const py::gil_scoped_release release;
        return {std::move(ground), view, parts, first_row};
    }

    py::array rows_;
    PreparedBlock prepared_;
};

// Rows, the id of the first, groups, limits, the same rows prepared.
using BlockArrays = std::tuple<py::array, std::int64_t, std::optional<Int64>,
                               std::optional<Float64>, const PreparedArray*>;

// What the core holds, read in place while the owner lives.
template <class T>
py::array_t<T> shown(std::span<const T> values, const py::object& owner) {
    py::array_t<T> array(static_cast<py::ssize_t>(values.size()), values.data(), owner);
    array.attr("setflags")(py::arg("write") = false);
    return array;
}

// None where the ground does not suit the rows.
py::object parts_of(const py::object& owner) {
    const ArrangedRows* arranged = owner.cast<const PreparedArray&>().prepared().arranged();
    if (arranged == nullptr) return py::none();
    const ArrangedParts parts = arranged->parts();
    const auto of_sketches = [&](const FinishedSketches& sketches) {
        return py::make_tuple(shown(sketches.values, owner), shown(sketches.bases, owner),
                              shown(sketches.spreads, owner));
    };
    return py::make_tuple(parts.tile_rows, shown(parts.order, owner),
                          shown(parts.tile_centers, owner), of_sketches(parts.prefix),
                          of_sketches(parts.wide));
}

ShortlistsView view_of(const ListArrays& lists) {
    const auto& [offsets, distances, ids] = lists;
    return {span_of(offsets), span_of(distances), span_of(ids)};
}

py::tuple arrays_of(Shortlists&& lists) {
    return py::make_tuple(to_array(std::move(lists.offsets)), to_array(std::move(lists.distances)),
                          to_array(std::move(lists.ids)));
}

SearchedBlock block_of(const BlockArrays& block, const char* name) {
    const auto& [rows, first_id, groups, limits, prepared] = block;
    return {matrix_view(rows, name), first_id, span_of(groups), span_of(limits),
            prepared != nullptr ? &prepared->prepared() : nullptr};
}

py::tuple meet_blocks(const BlockArrays& first, const std::optional<BlockArrays>& second,
                      std::size_t k, bool for_both, const std::string& kernel,
                      const std::string& screen, unsigned threads, const py::object& progress) {
    const SearchedBlock rows = block_of(first, "queries");
    const SearchedBlock others = second ? block_of(*second, "reference") : rows;
    const Meeting meeting = !second    ? Meeting::with_itself
                            : for_both ? Meeting::for_both
                                       : Meeting::for_the_first;
    const SearchOptions options{&choose_kernel(kernel), threads, screen_of(screen)};
    PythonMonitor monitor(progress);
    MetBlocks met;
    {
        const py::gil_scoped_release release;
        met = meet(rows, others, k, meeting, options, monitor);
    }
    const bool both = meeting == Meeting::for_both;
    return py::make_tuple(arrays_of(std::move(met.of_first)),
                          both ? py::object(arrays_of(std::move(met.of_second))) : py::none());
}

py::tuple merge_shortlists(const std::vector<ListArrays>& parts, std::size_t k) {
    std::vector<ShortlistsView> views;
    for (const ListArrays& part : parts) views.push_back(view_of(part));
    Shortlists merged;
    {
        const py::gil_scoped_release release;
        merged = merge(views, k);
    }
    return arrays_of(std::move(merged));
}

py::tuple settle_shortlists(const ListArrays& lists, std::size_t k) {
    const ShortlistsView view = view_of(lists);
    NeighborTable table;
    {
        const py::gil_scoped_release release;
        table = settle(view, k);
    }
    return to_tuple(std::move(table), view.queries(), k);
}

std::shared_ptr<CommonGround> common_ground(const py::array& queries, const py::array& reference,
                                            std::size_t k, bool self_join,
                                            const std::optional<Int64>& query_groups,
                                            const std::optional<Int64>& reference_groups,
                                            const std::array<std::size_t, 2>& size,
                                            const std::string& kernel, const std::string& screen,
                                            unsigned threads) {
    const SearchProblem sample{.queries = matrix_view(queries, "queries"),
                               .reference = matrix_view(reference, "reference"),
                               .k = k,
                               .self_join = self_join,
                               .query_groups = span_of(query_groups),
                               .reference_groups = span_of(reference_groups)};
    const SearchOptions options{&choose_kernel(kernel), threads, screen_of(screen)};
    PythonMonitor monitor{py::none()};
    const py::gil_scoped_release release;
    return std::make_shared<CommonGround>(sample, SearchSize{size[0], size[1]}, options, monitor);
}

// A row of two numbers for each row.
py::array_t<std::uint64_t> row_digests(const py::array& rows, const std::string& name,
                                       std::size_t first_row, std::uint64_t seed,
                                       unsigned threads) {
    const MatrixView view = matrix_view(rows, name.c_str());
    std::vector<RowDigest> digests(view.rows);
    PythonMonitor monitor{py::none()};
    {
        const py::gil_scoped_release release;
        digest_rows(view, name.c_str(), first_row, seed, digests, threads, monitor);
    }
    py::array_t<std::uint64_t> numbers({digests.size(), std::size_t{2}});
    if (!digests.empty()) {
        std::copy_n(digests.front().data(), 2 * digests.size(), numbers.mutable_data());
    }
    return numbers;
}

py::array_t<std::uint32_t> kinds_of_digests(const Contiguous<std::uint64_t>& numbers) {
    std::vector<RowDigest> digests(static_cast<std::size_t>(numbers.size()) / 2);
    for (std::size_t i = 0; i < digests.size(); ++i) {
        digests[i] = {numbers.data()[2 * i], numbers.data()[2 * i + 1]};
    }
    std::vector<std::uint32_t> kinds;
    {
        const py::gil_scoped_release release;
        kinds = kinds_of(digests);
    }
    return to_array(std::move(kinds));
}

NeighborTable table_of(const py::object& answer) {
    const auto [distances, ids, offsets, tie_ids, counts] =
        answer.cast<std::tuple<Float64, Int64, Int64, Int64, std::optional<Int64>>>();
    const auto copied = [](auto& target, auto values) {
        target.assign(values.begin(), values.end());
    };
    NeighborTable table;
    copied(table.distances, span_of(distances));
    copied(table.ids, span_of(ids));
    copied(table.tie_offsets, span_of(offsets));
    copied(table.tie_ids, span_of(tie_ids));
    copied(table.tie_counts, span_of(counts));
    return table;
}

py::object rows_of(const MatrixView& rows) {
    if (rows.selection == nullptr) return py::none();
    return to_array(std::vector<std::int64_t>(rows.selection, rows.selection + rows.rows));
}

py::object groups_of(std::span<const std::int64_t> groups) {
    if (groups.empty()) return py::none();
    return to_array(std::vector<std::int64_t>(groups.begin(), groups.end()));
}

py::tuple search_kinds(const EqualRows& equal, std::size_t queries, std::size_t k, bool self_join,
                       const std::optional<Int64>& query_groups,
                       const std::optional<Int64>& reference_groups, unsigned threads,
                       const py::function& ask) {
    std::size_t rows = 0;
    for (std::size_t kind = 0; kind < equal.kinds(); ++kind) rows += equal.rows_of(kind).size();
    // Who asks and who is asked is told by row: values are read by those who answer.
    const SearchProblem problem{.queries = {.rows = queries},
                                .reference = {.rows = rows},
                                .k = k,
                                .self_join = self_join,
                                .query_groups = span_of(query_groups),
                                .reference_groups = span_of(reference_groups)};
    PythonMonitor monitor{py::none()};
    NeighborTable table;
    {
        const py::gil_scoped_release release;
        table = collapsed_search(
            problem, equal, resolve_threads(threads), monitor, [&](const SearchProblem& collapsed) {
                const py::gil_scoped_acquire acquire;
                return table_of(ask(rows_of(collapsed.queries), rows_of(collapsed.reference),
                                    collapsed.k, collapsed.self_join,
                                    groups_of(collapsed.query_groups),
                                    groups_of(collapsed.reference_groups)));
            });
    }
    return to_tuple(std::move(table), queries, k);
}

}  // namespace

void bind_blocks(pybind11::module_& module) {
    using namespace pybind11::literals;
    module.def("meet_blocks", &meet_blocks, "first"_a, "second"_a, "k"_a, "for_both"_a, "kernel"_a,
               "screen"_a, "threads"_a, "progress"_a);
    py::class_<CommonGround, std::shared_ptr<CommonGround>>(module, "CommonGround")
        .def(py::init(&common_ground), "queries"_a, "reference"_a, "k"_a, "self_join"_a,
             "query_groups"_a, "reference_groups"_a, "size"_a, "kernel"_a, "screen"_a, "threads"_a)
        .def_property_readonly("row_bytes", &CommonGround::row_bytes)
        .def_property_readonly("fingerprint", &CommonGround::fingerprint);
    py::class_<PreparedArray>(module, "PreparedBlock")
        .def(py::init<std::shared_ptr<CommonGround>, py::array>(), "ground"_a, "rows"_a)
        .def(py::init<std::shared_ptr<CommonGround>, py::array, const PartArrays&, std::size_t>(),
             "ground"_a, "rows"_a, "parts"_a, "first_row"_a)
        .def_property_readonly("parts", &parts_of);
    module.def("row_digests", &row_digests, "rows"_a, "name"_a, "first_row"_a, "seed"_a,
               "threads"_a);
    module.def("kinds_of_digests", &kinds_of_digests, "digests"_a);
    module.def("merge_shortlists", &merge_shortlists, "parts"_a, "k"_a);
    module.def("settle_shortlists", &settle_shortlists, "lists"_a, "k"_a);
    py::class_<EqualRows>(module, "EqualRows")
        .def(py::init([](const Contiguous<std::uint32_t>& kinds) {
                 const auto values = span_of(kinds);
                 return EqualRows(std::vector<std::uint32_t>(values.begin(), values.end()));
             }),
             "kinds"_a)
        .def_property_readonly("many", &EqualRows::many)
        .def("search", &search_kinds, "queries"_a, "k"_a, "self_join"_a, "query_groups"_a,
             "reference_groups"_a, "threads"_a, "ask"_a);
}

}  // namespace twinscore::bindings
