#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "basis/matrix_view.hpp"
#include "kernels/kernel.hpp"

namespace twinscore {

// Squared distance of row first[i] to row second[i], for every i: the bits that a search finds
// before it makes tied distances equal.
// Throws std::invalid_argument where the lists differ in length or name a row that is not there.
[[nodiscard]] std::vector<double> pair_distances(const MatrixView& points,
                                                 std::span<const std::int64_t> first,
                                                 std::span<const std::int64_t> second,
                                                 const Kernel& kernel);

}  // namespace twinscore
