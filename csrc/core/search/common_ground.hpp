#pragma once

// What blocks of one search must share so that any two of them can meet, each prepared by itself
// and once: the center and scale, the axes and widths of sketches, the ratios of their errors. All
// of it is found on a sample, and changes the speed alone.

#include <cstdint>
#include <memory>
#include <optional>

#include "rows/arranged_rows.hpp"
#include "rows/standardization.hpp"
#include "search/exact_search.hpp"
#include "search/plan.hpp"

namespace twinscore {

class CommonGround {
  public:
    // `sample` asks for the neighbors among some rows that tell as much as the k wanted tell of
    // all; `size` is that of the whole search. Throws std::invalid_argument naming the first row
    // that is not finite.
    CommonGround(const SearchProblem& sample, const SearchSize& size, const SearchOptions& options,
                 Monitor& monitor);

    [[nodiscard]] const SearchOptions& options() const { return options_; }
    [[nodiscard]] const Standardization& standardization() const { return standardization_; }

    // Bytes that a prepared row takes, beside its values.
    [[nodiscard]] std::size_t row_bytes() const;

    // Of all that blocks share: what was prepared on grounds of one fingerprint may meet. It also
    // tells instruction sets apart, whose sketches differ.
    [[nodiscard]] std::uint64_t fingerprint() const;

    [[nodiscard]] ArrangedRows arrange(const MatrixView& rows, Monitor& monitor) const;

    // Rows that were arranged before on a ground of this fingerprint; see `ArrangedRows`.
    [[nodiscard]] ArrangedRows arrange(const MatrixView& rows, const ArrangedParts& parts,
                                       std::size_t first_row) const;

  private:
    SearchOptions options_;
    Standardization standardization_;
    SketchPlan plan_;
    SketchRatios ratios_;
};

// A block that is ready to meet others on its ground. The rows must stay as they are meanwhile.
class PreparedBlock {
  public:
    // Throws as `CommonGround`.
    PreparedBlock(std::shared_ptr<const CommonGround> ground, const MatrixView& rows,
                  Monitor& monitor);

    // Rows that were prepared before, from `first_row` on of those that `parts` tell of.
    PreparedBlock(std::shared_ptr<const CommonGround> ground, const MatrixView& rows,
                  const ArrangedParts& parts, std::size_t first_row);

    [[nodiscard]] const std::shared_ptr<const CommonGround>& ground() const { return ground_; }

    // Null where rows are far longer than those of the sample: then the ground is none for them.
    [[nodiscard]] const ArrangedRows* arranged() const { return rows_ ? &*rows_ : nullptr; }

  private:
    std::shared_ptr<const CommonGround> ground_;
    std::optional<ArrangedRows> rows_;
};

}  // namespace twinscore
