#pragma once

#include <optional>

#include "kernels/kernel.hpp"
#include "rows/arranged_rows.hpp"
#include "rows/standardization.hpp"
#include "search/plan.hpp"
#include "search/search_problem.hpp"

namespace twinscore {

[[nodiscard]] std::size_t tile_rows_for(std::size_t rows, const SketchPlan& plan,
                                        const Kernel& kernel, unsigned threads);

// The typical ratios of error to length, of one side or of two.
[[nodiscard]] SketchRatios typical_ratios(const ArrangedRows& rows, const ArrangedRows* others);

// Both sides of one search, planned and arranged for it.
class Arrangement {
  public:
    // Throws std::invalid_argument naming the first row that is not finite.
    Arrangement(const SearchProblem& problem, const Kernel& kernel, Screen screen, unsigned threads,
                Monitor& monitor);

    [[nodiscard]] const Standardization& standardization() const { return standardization_; }
    [[nodiscard]] const SketchPlan& plan() const { return plan_; }
    [[nodiscard]] const ArrangedRows& reference() const { return reference_; }
    [[nodiscard]] const ArrangedRows& queries() const {
        return other_queries_ ? *other_queries_ : reference_;
    }

  private:
    Standardization standardization_;
    SketchPlan plan_;
    ArrangedRows reference_;
    std::optional<ArrangedRows> other_queries_;  // unless they are the reference
};

}  // namespace twinscore
