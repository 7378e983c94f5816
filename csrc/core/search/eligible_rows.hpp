#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "rows/equal_rows.hpp"
#include "search/search_problem.hpp"

namespace twinscore {

// Rows of one kind that are eligible for one query: those of the kind, but for some places.
class EligibleRows {
  public:
    EligibleRows(std::span<const std::uint32_t> rows, std::span<const std::uint32_t> left_out)
        : rows_(rows), left_out_(left_out) {}

    [[nodiscard]] std::size_t size() const { return rows_.size() - left_out_.size(); }

    // Ascending in `index`.
    [[nodiscard]] std::uint32_t operator[](std::size_t index) const;

  private:
    std::span<const std::uint32_t> rows_;
    std::span<const std::uint32_t> left_out_;  // places among the rows, ascending
};

// Knows, for every query and kind of reference rows, which of them are eligible.
class Eligibility {
  public:
    Eligibility(const SearchProblem& problem, const EqualRows& equal);

    [[nodiscard]] EligibleRows rows_for(std::size_t query, std::size_t kind) const;

    // For each kind: the group all its present rows belong to, or `no_group` where they are of
    // several; empty without groups.
    [[nodiscard]] const std::vector<std::int64_t>& kind_groups() const { return kind_groups_; }

    // For each kind: 1 where none of its rows is present; empty where nothing is retired.
    [[nodiscard]] const std::vector<std::uint8_t>& retired_kinds() const { return retired_kinds_; }

    // Kinds with a row that is eligible for the query, `SearchProblem`'s own row not being
    // excluded.
    [[nodiscard]] std::size_t eligible_kinds(std::size_t query) const;

  private:
    struct GroupPlaces {
        std::uint32_t kind;
        std::int64_t group;
        friend auto operator<=>(const GroupPlaces&, const GroupPlaces&) = default;
    };

    void find_present(const EqualRows& equal);
    void find_groups();

    const SearchProblem& problem_;
    const EqualRows& equal_;
    std::vector<std::uint32_t> present_;  // rows, kind after kind
    std::vector<std::size_t> offsets_;
    std::vector<std::uint32_t> place_;  // of each row in its kind; where a row is its own query
    std::vector<GroupPlaces> keys_;     // ascending,
    std::vector<std::uint32_t> places_of_group_;  // and the place of a row of that kind and group
    std::vector<std::int64_t> kind_groups_;
    std::vector<std::uint8_t> retired_kinds_;
    std::size_t present_kinds_ = 0;
    std::vector<std::int64_t> groups_of_kinds_;  // that consist of one group: sorted
};

}  // namespace twinscore
