#pragma once

#include "basis/parallel_for.hpp"
#include "kernels/kernel.hpp"
#include "rows/arranged_rows.hpp"
#include "rows/equal_rows.hpp"
#include "rows/standardization.hpp"
#include "search/neighbor_table.hpp"
#include "search/plan.hpp"
#include "search/search_problem.hpp"

namespace twinscore {

// Figures of one search.
struct SearchReport {
    std::size_t prefix_width = 0;  // coordinates every pair is screened with
    std::size_t wide_width = 0;    // coordinates its survivors are screened with; 0: none
    bool coarse = false;           // every pair is screened with the kernel's coarse sketches
    std::uint64_t pairs = 0;
    std::uint64_t past_prefix = 0;
    std::uint64_t past_wide = 0;
    std::size_t searched_again = 0;  // rows whose guess of a limit did not hold
};

struct SearchOptions {
    const Kernel* kernel;
    unsigned threads = 0;  // all that the process may use
    Screen screen = Screen::automatic;
};

// The exact answer to a problem that `check` has passed; options change its speed alone. Memory
// beyond the answer, for each row: the sketches (4 bytes a coordinate of float32, 2 of bfloat16, 1
// of int8; twice the prefix and once the wide width) and 12 bytes for each of up to 2 k candidates;
// where many neighbors are wanted, sketches of at most a quarter of the reference rows more. Few
// rows may take 4 bytes for each pair, up to 32 MiB, and 20 for each candidate.
// Equal rows are searched once, and their ties sampled where they would outgrow memory
// (NeighborTable). Throws std::invalid_argument naming the first row that is not finite, and
// std::length_error when rows that differ have too many equal distances to keep.
[[nodiscard]] NeighborTable exact_search(const SearchProblem& problem, const SearchOptions& options,
                                         Monitor& monitor, SearchReport* report = nullptr);

// A reference that is arranged once and searched many times: an answer costs its queries alone.
// The rows must stay as they are meanwhile. Searches may run at the same time.
class PreparedReference {
  public:
    // `k` is what most searches will ask for. Throws as `exact_search`.
    PreparedReference(const MatrixView& rows, std::size_t k, const SearchOptions& options,
                      Monitor& monitor);

    // The answer of `exact_search` to a problem over these rows that `check` has passed.
    [[nodiscard]] NeighborTable search(const SearchProblem& problem, Monitor& monitor) const;

    [[nodiscard]] const MatrixView& rows() const { return rows_; }

  private:
    [[nodiscard]] NeighborTable search_arranged(const SearchProblem& problem,
                                                Monitor& monitor) const;

    SearchOptions options_;
    MatrixView rows_;
    EqualRows equal_;
    MatrixView arranged_rows_;  // those that differ, where many are equal
    SearchProblem problem_;     // of these among themselves: what the plan is made for
    Standardization standardization_;
    SketchPlan plan_;
    ArrangedRows arranged_;
    SketchRatios ratios_;
};

}  // namespace twinscore
