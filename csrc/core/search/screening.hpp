#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "rows/arranged_rows.hpp"
#include "search/candidates.hpp"
#include "search/search_problem.hpp"

namespace twinscore {

// The candidates of the rows of one side, and the bounds they set for screening.
class Collection {
  public:
    // A closed collection takes nothing: its rows are only looked up.
    Collection(const ArrangedRows& rows, bool open);

    [[nodiscard]] SideBounds bounds(std::size_t position) const {
        return {bases_ + position, opens_.data() + position};
    }
    [[nodiscard]] Candidates& candidates(std::size_t position) { return candidates_[position]; }
    [[nodiscard]] const Candidates& candidates(std::size_t position) const {
        return candidates_[position];
    }
    [[nodiscard]] bool open() const { return !candidates_.empty(); }

    void offer(std::size_t position, Candidate candidate, std::size_t k);

    // Takes for granted that k rows are no farther from this one.
    void guess(std::size_t position, float distance);

    // Rows farther than this from the one at the position have no place; proven elsewhere.
    void bound(std::size_t position, double distance);

    // Forgets what was found for a row.
    void start_again(std::size_t position);

  private:
    void update(std::size_t position);

    const float* bases_;
    std::vector<float> opens_;
    std::vector<Candidates> candidates_;
};

// What happened to the pairs; ends in SearchReport.
struct ScreeningCounts {
    std::atomic<std::uint64_t> pairs{0};
    std::atomic<std::uint64_t> past_prefix{0};
    std::atomic<std::uint64_t> past_wide{0};
};

// How far rough distances may be off: |rough - exact| <= relative * exact + absolute.
struct RoughError {
    double relative;
    double absolute;
};

// Rows from one position up to another.
struct RowRange {
    std::size_t begin;
    std::size_t end;
};

// Compares rows with tiles of panels: sketches rule pairs out, what is known of the
// distance of the survivors goes to the candidates of either row.
class Screening {
  public:
    Screening(const SearchProblem& problem, const Standardization& standardization,
              const Kernel& kernel, const ArrangedRows& rows, const ArrangedRows& panels);

    // Both sides must be in the caller's hands alone. With `same`, the rows are the tile, and each
    // pair in it is compared once.
    void compare(RowRange range, Collection& row_collection, std::size_t panel_tile,
                 Collection& panel_collection, bool same);

    // Compares a row with all panels, whose products with it are known. `lookup` is closed.
    void compare_with_all(std::size_t row, const float* products, Collection& row_collection,
                          Collection& lookup);

    [[nodiscard]] const ScreeningCounts& counts() const { return counts_; }

  private:
    struct Tally {
        std::uint64_t past_prefix = 0;
        std::uint64_t past_wide = 0;
    };

    // `products` of the row and the columns, unless wide sketches know better; else null.
    void examine(std::size_t row, Collection& row_collection, std::size_t first_column,
                 std::uint64_t survivors, const float* products, Collection& panel_collection,
                 Tally& tally) const;
    [[nodiscard]] Candidate bracket_by_product(std::size_t row, std::size_t column,
                                               float product) const;
    [[nodiscard]] Candidate bracket_by_rough_distance(std::size_t row, std::size_t column) const;

    const SearchProblem& problem_;
    const Kernel& kernel_;
    const ArrangedRows& rows_;
    const ArrangedRows& panels_;
    const Sketches& finest_rows_;
    const Sketches& finest_panels_;
    float (*finest_product_)(const Cell* a, const Cell* b, std::size_t cells);
    double squared_scale_;
    bool moderate_;
    RoughError rough_error_;
    ScreeningCounts counts_;
};

}  // namespace twinscore
