#include "search/eligible_rows.hpp"

#include <algorithm>
#include <numeric>

namespace twinscore {
namespace {

// A group that no query is in.
std::int64_t group_of_none(std::span<const std::int64_t> query_groups) {
    std::vector<std::int64_t> sorted(query_groups.begin(), query_groups.end());
    std::sort(sorted.begin(), sorted.end());
    std::int64_t unused = 0;
    for (auto next = std::lower_bound(sorted.begin(), sorted.end(), unused);
         next != sorted.end() && *next <= unused; ++next) {
        if (*next == unused) ++unused;
    }
    return unused;
}

}  // namespace

std::uint32_t EligibleRows::operator[](std::size_t index) const {
    // The first place left out that lies after as many eligible rows as are wanted.
    std::size_t before = 0;
    std::size_t end = left_out_.size();
    while (before < end) {
        const std::size_t middle = (before + end) / 2;
        if (left_out_[middle] - middle <= index) {
            before = middle + 1;
        } else {
            end = middle;
        }
    }
    return rows_[index + before];
}

Eligibility::Eligibility(const SearchProblem& problem, const EqualRows& equal)
    : problem_(problem), equal_(equal) {
    find_present(equal);
    if (problem.reference_groups.empty()) {
        if (problem.self_join) {
            place_.resize(problem.reference.rows);
            for (std::size_t kind = 0; kind < equal.kinds(); ++kind) {
                for (std::size_t i = offsets_[kind]; i < offsets_[kind + 1]; ++i) {
                    place_[present_[i]] = static_cast<std::uint32_t>(i - offsets_[kind]);
                }
            }
        }
    } else {
        find_groups();
    }
}

void Eligibility::find_present(const EqualRows& equal) {
    offsets_.push_back(0);
    if (!problem_.retired.empty()) retired_kinds_.resize(equal.kinds());
    for (std::size_t kind = 0; kind < equal.kinds(); ++kind) {
        for (const std::uint32_t row : equal.rows_of(kind)) {
            if (problem_.retired.empty() || problem_.retired[row] == 0) present_.push_back(row);
        }
        const bool any = present_.size() > offsets_.back();
        present_kinds_ += any ? 1 : 0;
        if (!any) retired_kinds_[kind] = 1;
        offsets_.push_back(present_.size());
    }
}

void Eligibility::find_groups() {
    struct Place {
        GroupPlaces key;
        std::uint32_t place;
    };
    std::vector<Place> places;
    places.reserve(present_.size());
    for (std::size_t kind = 0; kind < equal_.kinds(); ++kind) {
        for (std::size_t i = offsets_[kind]; i < offsets_[kind + 1]; ++i) {
            places.push_back(
                {{static_cast<std::uint32_t>(kind), problem_.reference_groups[present_[i]]},
                 static_cast<std::uint32_t>(i - offsets_[kind])});
        }
    }
    std::stable_sort(places.begin(), places.end(),
                     [](const Place& a, const Place& b) { return a.key < b.key; });
    for (const Place& place : places) {
        keys_.push_back(place.key);
        places_of_group_.push_back(place.place);
    }
    const std::int64_t none = group_of_none(problem_.query_groups);
    kind_groups_.assign(equal_.kinds(), none);
    // Sorted by kind and group, a kind of one group begins and ends with it.
    for (std::size_t kind = 0; kind < equal_.kinds(); ++kind) {
        if (offsets_[kind] == offsets_[kind + 1]) continue;
        const std::int64_t group = keys_[offsets_[kind]].group;
        if (keys_[offsets_[kind + 1] - 1].group != group) continue;
        kind_groups_[kind] = group;
        groups_of_kinds_.push_back(group);
    }
    std::sort(groups_of_kinds_.begin(), groups_of_kinds_.end());
}

EligibleRows Eligibility::rows_for(std::size_t query, std::size_t kind) const {
    const std::span<const std::uint32_t> rows(present_.data() + offsets_[kind],
                                              present_.data() + offsets_[kind + 1]);
    if (!keys_.empty()) {
        const GroupPlaces own{static_cast<std::uint32_t>(kind), problem_.query_groups[query]};
        const auto [first, last] =
            std::equal_range(keys_.begin() + static_cast<std::ptrdiff_t>(offsets_[kind]),
                             keys_.begin() + static_cast<std::ptrdiff_t>(offsets_[kind + 1]), own);
        return {rows,
                {places_of_group_.data() + (first - keys_.begin()),
                 static_cast<std::size_t>(last - first)}};
    }
    if (problem_.self_join && equal_.kind_of(query) == kind) return {rows, {&place_[query], 1}};
    return {rows, {}};
}

std::size_t Eligibility::eligible_kinds(std::size_t query) const {
    if (keys_.empty()) return present_kinds_;
    const auto [first, last] = std::equal_range(groups_of_kinds_.begin(), groups_of_kinds_.end(),
                                                problem_.query_groups[query]);
    return present_kinds_ - static_cast<std::size_t>(last - first);
}

}  // namespace twinscore
