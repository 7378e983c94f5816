#include <cmath>
#include <cstdint>
#include <vector>

#include "expect.hpp"
#include "relabelling/thinning.hpp"

using namespace twinscore;
using twinscore::testing::expect;

namespace {

std::vector<double> shares_of(const std::vector<std::int64_t>& ids, std::size_t width,
                              const std::vector<KeptPoint>& points, unsigned threads = 1) {
    std::vector<double> shares(ids.size() / width);
    SilentMonitor monitor;
    first_kept_shares({ids, width}, points, shares, threads, monitor);
    return shares;
}

void a_share_is_that_of_all_ways_to_keep_points() {
    // Lists {0, 1, 2}; point 1 is on the other side. All eight ways, the empty one left out.
    const std::vector<KeptPoint> points{{0.5, 0.0}, {0.25, 0.25}, {0.8, 0.0}};
    const double seen = 0.5 * 0.25;
    const double any = 1.0 - 0.5 * 0.75 * 0.2;
    expect(std::abs(shares_of({0, 1, 2}, 3, points)[0] - seen / any) < 1e-15,
           "nearer points are lost, and one is kept");
}

void the_nearest_point_decides_where_it_is_always_kept() {
    const std::vector<KeptPoint> points{{1.0, 1.0}, {1.0, 0.0}};
    const auto shares = shares_of({0, 1, 1, 0}, 2, points);
    expect(shares[0] == 1.0 && shares[1] == 0.0, "later ones count nothing");
}

void points_that_are_never_kept_leave_nothing() {
    expect(shares_of({0, 0}, 2, {{0.0, 0.0}})[0] == 0.0, "no neighbor, no share");
}

void threads_change_nothing() {
    const std::size_t points = 10'000;
    const std::size_t width = 7;
    std::vector<std::int64_t> ids(points * width);
    std::vector<KeptPoint> kept(points);
    for (std::size_t i = 0; i < ids.size(); ++i) {
        ids[i] = static_cast<std::int64_t>((i * 7919U) % points);
    }
    for (std::size_t i = 0; i < points; ++i) {
        const double chance = static_cast<double>(i % 100) / 100.0;
        kept[i] = {chance, i % 3 == 0 ? chance : 0.0};
    }
    expect(shares_of(ids, width, kept, 1) == shares_of(ids, width, kept, 3), "bit by bit");
}

}  // namespace

int main() {
    a_share_is_that_of_all_ways_to_keep_points();
    the_nearest_point_decides_where_it_is_always_kept();
    points_that_are_never_kept_leave_nothing();
    threads_change_nothing();
}
