#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace twinscore {

// The value below which a share of the others lies; `values` must not be empty, and is reordered.
template <class T>
T order_statistic(std::vector<T>& values, double share) {
    const auto place = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), values.begin() + place, values.end());
    return values[static_cast<std::size_t>(place)];
}

}  // namespace twinscore
