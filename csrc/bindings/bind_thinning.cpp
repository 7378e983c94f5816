#include "arrays.hpp"
#include "bind.hpp"
#include "relabelling/thinning.hpp"

namespace twinscore::bindings {
namespace {

py::array_t<double> first_kept_shares(const Contiguous<std::int64_t>& ids,
                                      const Contiguous<double>& keep,
                                      const Contiguous<std::uint8_t>& is_other, unsigned threads) {
    const OrderedLists lists{span_of(ids), static_cast<std::size_t>(ids.shape(1))};
    const auto chances = span_of(keep);
    const auto sides = span_of(is_other);
    std::vector<KeptPoint> points(chances.size());
    std::vector<double> shares(static_cast<std::size_t>(ids.shape(0)));
    {
        const py::gil_scoped_release release;
        for (std::size_t i = 0; i < points.size(); ++i) {
            points[i] = {chances[i], sides[i] != 0 ? chances[i] : 0.0};
        }
        SilentMonitor monitor;
        twinscore::first_kept_shares(lists, points, shares, threads, monitor);
    }
    return to_array(std::move(shares));
}

}  // namespace

void bind_thinning(pybind11::module_& module) {
    using namespace pybind11::literals;
    module.def("first_kept_shares", &first_kept_shares, "ids"_a, "keep"_a, "is_other"_a,
               "threads"_a);
}

}  // namespace twinscore::bindings
