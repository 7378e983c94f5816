#include "relabelling/thinning.hpp"

#include <algorithm>

namespace twinscore {
namespace {

constexpr std::size_t lists_per_task = 4096;
constexpr double negligible = 1e-13;

double share_of(std::span<const std::int64_t> ids, std::span<const KeptPoint> points) {
    double nearer_lost = 1.0;
    double hits = 0.0;
    for (const auto id : ids) {
        const KeptPoint& point = points[static_cast<std::size_t>(id)];
        hits += nearer_lost * point.other;
        nearer_lost *= 1.0 - point.kept;
        if (nearer_lost < negligible) break;
    }
    return nearer_lost < 1.0 ? hits / (1.0 - nearer_lost) : 0.0;
}

}  // namespace

void first_kept_shares(const OrderedLists& lists, std::span<const KeptPoint> points,
                       std::span<double> shares, unsigned threads, Monitor& monitor) {
    const std::size_t tasks = (shares.size() + lists_per_task - 1) / lists_per_task;
    const auto body = [&](std::size_t task, Progress& progress) {
        const std::size_t first = task * lists_per_task;
        const std::size_t last = std::min(shares.size(), first + lists_per_task);
        for (std::size_t i = first; i < last; ++i) {
            shares[i] = share_of(lists.ids.subspan(i * lists.width, lists.width), points);
        }
        progress.advance(last - first);
    };
    parallel_for(tasks, threads, shares.size(), monitor, body);
}

}  // namespace twinscore
