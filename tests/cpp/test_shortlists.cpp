#include <algorithm>
#include <cmath>
#include <random>
#include <stdexcept>

#include "expect.hpp"
#include "kernels/dispatch.hpp"
#include "search/block_search.hpp"
#include "search/shortlists.hpp"

using namespace twinscore;
using twinscore::testing::expect;
using twinscore::testing::expect_throws;

namespace {

Shortlists shortened(std::vector<Neighbor> neighbors, std::size_t k) {
    ShortlistWriter writer(1);
    shorten(neighbors, k);
    writer.write(0, neighbors);
    return writer.finish();
}

Shortlists merged(const std::vector<Shortlists>& parts, std::size_t k) {
    const std::vector<ShortlistsView> views(parts.begin(), parts.end());
    return merge(views, k);
}

void expect_equal(const Shortlists& a, const Shortlists& b, const char* rule) {
    expect(a.offsets == b.offsets && a.ids == b.ids && a.distances == b.distances, rule);
}

void expect_equal(const NeighborTable& a, const NeighborTable& b) {
    expect(a.distances == b.distances && a.ids == b.ids, "the neighbors are those of one search");
    expect(a.tie_offsets == b.tie_offsets && a.tie_ids == b.tie_ids, "and so are the ties");
}

void a_near_row_of_another_block_parts_and_joins_ties() {
    // Alone, the second block lists three rows as one distance and drops the fourth.
    const double unit = 1e-13;
    const std::vector<Neighbor> near = {{1.0 - 5 * unit, 7}};
    const std::vector<Neighbor> far = {
        {1.0, 1}, {1.0 + 8 * unit, 2}, {1.0 + 9 * unit, 3}, {1.0 + 15 * unit, 4}};
    auto all = far;
    all.push_back(near[0]);
    settle(all, 3);
    const auto table = settle(merged({shortened(near, 3), shortened(far, 3)}, 3), 3);
    expect(table.ids[0] == 1 && table.ids[1] == 7 && table.ids[2] == 2, "the chain is cut anew");
    expect(table.tie_ids == std::vector<std::int64_t>({3, 4}), "what was dropped ties after all");
    expect(all.size() == 5 && all[4].id == 4, "as in one search");
}

void merged_chains_of_near_ties_are_the_list_of_one_search_for_every_cut() {
    std::mt19937 random(5);
    for (int round = 0; round < 3000; ++round) {
        const std::size_t k = 1 + random() % 6;
        std::vector<Neighbor> all(k + random() % 12);
        for (std::size_t i = 0; i < all.size(); ++i) {
            const double step = static_cast<double>(random() % 40) * 1.7e-13;
            const double base = static_cast<double>(random() % 3);
            all[i] = {base * (1.0 + step), static_cast<std::int64_t>(i)};
        }
        std::vector<std::vector<Neighbor>> blocks(1 + random() % 4);
        for (const Neighbor& neighbor : all) blocks[random() % blocks.size()].push_back(neighbor);
        std::vector<Shortlists> parts;
        for (auto& block : blocks) parts.push_back(shortened(block, k));

        const Shortlists together = merged(parts, k);
        expect_equal(together, shortened(all, k), "all parts make the shortlist of one block");
        Shortlists one_by_one = parts[0];
        for (std::size_t i = 1; i < parts.size(); ++i)
            one_by_one = merged({one_by_one, parts[i]}, k);
        expect_equal(one_by_one, together, "in any order, two or many");

        auto searched = all;
        settle(searched, k);
        TableWriter writer(1, k);
        writer.write(0, searched);
        expect_equal(settle(together, k), writer.finish());
    }
}

void what_are_no_lists_is_refused() {
    const Shortlists two = merged({shortened({{1.0, 1}, {2.0, 2}}, 3)}, 3);
    expect_throws<std::invalid_argument>([&] { (void)settle(two, 3); }, "k of at most 2");
    expect_throws<std::invalid_argument>([&] { (void)merged({}, 1); }, "at least one part");
    expect_throws<std::invalid_argument>(
        [&] { (void)merged({two, ShortlistWriter(2).finish()}, 1); }, "same 1 queries, got 2");
    const std::vector<std::int64_t> offsets = {0, 3};
    expect_throws<std::invalid_argument>(
        [&] { (void)ShortlistsView(offsets, two.distances, two.ids); }, "expected offsets");
}

class GridRows {
  public:
    GridRows(std::size_t rows, std::size_t columns, std::uint32_t seed)
        : columns_(columns), values_(rows * columns) {
        std::mt19937 random(seed);
        for (float& value : values_) value = static_cast<float>(random() % 4);
        for (std::size_t i = 0; i < rows; ++i) groups_.push_back(random() % 9);
    }

    [[nodiscard]] SearchedBlock block(std::size_t begin, std::size_t end, bool grouped) const {
        SearchedBlock block{.rows = view(begin, end), .first_id = static_cast<std::int64_t>(begin)};
        if (grouped) block.groups = std::span(groups_).subspan(begin, end - begin);
        return block;
    }
    [[nodiscard]] MatrixView view(std::size_t begin, std::size_t end) const {
        return {reinterpret_cast<const std::byte*>(values_.data() + begin * columns_),
                Element::float32, end - begin, columns_,
                static_cast<std::ptrdiff_t>(columns_ * sizeof(float))};
    }
    [[nodiscard]] const std::vector<std::int64_t>& groups() const { return groups_; }

  private:
    std::size_t columns_;
    std::vector<float> values_;
    std::vector<std::int64_t> groups_;
};

// The k-th distance of every list; infinite where there is none yet.
std::vector<double> limits_of(const Shortlists& lists, std::size_t k) {
    std::vector<double> limits;
    for (std::size_t i = 0; i + 1 < lists.offsets.size(); ++i) {
        const auto place = static_cast<std::size_t>(lists.offsets[i]) + k - 1;
        const bool known = place < static_cast<std::size_t>(lists.offsets[i + 1]);
        limits.push_back(known ? lists.distances[place] : HUGE_VAL);
    }
    return limits;
}

void blocks_that_meet_one_after_another_find_what_one_search_finds() {
    constexpr std::size_t rows = 300;
    SilentMonitor monitor;
    for (const bool grouped : {false, true}) {
        for (const Screen screen : {Screen::automatic, Screen::full_width, Screen::rotated}) {
            for (const std::size_t k : {1U, 5U, 40U}) {
                const GridRows points(rows, 20, static_cast<std::uint32_t>(k));
                const SearchOptions options{&choose_kernel(""), 2, screen};
                const std::size_t cuts[] = {0, 3, 130, 131, 250, rows};
                std::vector<Shortlists> found(std::size(cuts) - 1);
                for (std::size_t i = 0; i + 1 < std::size(cuts); ++i) {
                    for (std::size_t j = i; j + 1 < std::size(cuts); ++j) {
                        auto first = points.block(cuts[i], cuts[i + 1], grouped);
                        auto second = points.block(cuts[j], cuts[j + 1], grouped);
                        std::vector<double> of_first;
                        std::vector<double> of_second;
                        if (!found[i].offsets.empty()) of_first = limits_of(found[i], k);
                        if (!found[j].offsets.empty()) of_second = limits_of(found[j], k);
                        first.limits = of_first;
                        second.limits = of_second;
                        const auto take = [&](Shortlists& lists, Shortlists&& more) {
                            lists =
                                lists.offsets.empty() ? std::move(more) : merged({lists, more}, k);
                        };
                        auto met = meet(first, second, k,
                                        i == j ? Meeting::with_itself : Meeting::for_both, options,
                                        monitor);
                        take(found[i], std::move(met.of_first));
                        if (i != j) take(found[j], std::move(met.of_second));
                    }
                }
                SearchProblem problem{.queries = points.view(0, rows),
                                      .reference = points.view(0, rows),
                                      .k = k,
                                      .self_join = true};
                if (grouped) problem.query_groups = problem.reference_groups = points.groups();
                const NeighborTable expected = exact_search(problem, options, monitor);
                for (std::size_t i = 0; i + 1 < std::size(cuts); ++i) {
                    const NeighborTable table = settle(found[i], k);
                    for (std::size_t row = cuts[i]; row < cuts[i + 1]; ++row) {
                        const std::size_t own = row - cuts[i];
                        expect(std::equal(
                                   table.ids.begin() + static_cast<std::ptrdiff_t>(own * k),
                                   table.ids.begin() + static_cast<std::ptrdiff_t>((own + 1) * k),
                                   expected.ids.begin() + static_cast<std::ptrdiff_t>(row * k)),
                               "each block has the neighbors of one search");
                        expect(table.tie_offsets[own + 1] - table.tie_offsets[own] ==
                                   expected.tie_offsets[row + 1] - expected.tie_offsets[row],
                               "and as many ties");
                    }
                }
            }
        }
    }
}

}  // namespace

int main() {
    a_near_row_of_another_block_parts_and_joins_ties();
    merged_chains_of_near_ties_are_the_list_of_one_search_for_every_cut();
    what_are_no_lists_is_refused();
    blocks_that_meet_one_after_another_find_what_one_search_finds();
}
