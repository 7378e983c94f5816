#pragma once

// What searches are asked with and answer, as Python knows it.

#include <stdexcept>
#include <string>

#include "arrays.hpp"
#include "search/neighbor_table.hpp"
#include "search/plan.hpp"

namespace twinscore::bindings {

inline Screen screen_of(const std::string& name) {
    if (name.empty()) return Screen::automatic;
    if (name == "full") return Screen::full_width;
    if (name == "rotated") return Screen::rotated;
    if (name == "table") return Screen::product_table;
    throw std::invalid_argument("expected a screen of full, rotated or table, got '" + name + "'");
}

inline py::tuple to_tuple(NeighborTable&& table, std::size_t queries, std::size_t k) {
    const auto rows = static_cast<py::ssize_t>(queries);
    const auto columns = static_cast<py::ssize_t>(k);
    const bool complete = table.tie_counts.empty();
    return py::make_tuple(
        to_array(std::move(table.distances), {rows, columns}),
        to_array(std::move(table.ids), {rows, columns}), to_array(std::move(table.tie_offsets)),
        to_array(std::move(table.tie_ids)),
        complete ? py::object(py::none()) : to_array(std::move(table.tie_counts)));
}

}  // namespace twinscore::bindings
