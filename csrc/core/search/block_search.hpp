#pragma once

// A search in parts: some rows meet some others, and each is told which of them may be among its k
// nearest. `shortlists.hpp` says how the parts become one answer.

#include <cstdint>
#include <span>

#include "search/common_ground.hpp"
#include "search/exact_search.hpp"
#include "search/shortlists.hpp"

namespace twinscore {

// Consecutive rows of some side, and what is known of each.
struct SearchedBlock {
    MatrixView rows;
    std::int64_t first_id = 0;                  // of the first row
    std::span<const std::int64_t> groups = {};  // empty, or one id a row
    std::span<const double> limits = {};      // empty, or how far the k-th neighbor is at most, in
                                              // other blocks: rows beyond it need not be found
    const PreparedBlock* prepared = nullptr;  // of these rows
};

// For whom the pairs of two blocks are compared.
enum class Meeting { with_itself, for_the_first, for_both };

struct MetBlocks {
    Shortlists of_first;
    Shortlists of_second;  // where the meeting is for both
};

// Lets two blocks of one width meet; with itself, both are the same. A list is shorter than k where
// the other block has no more to offer. Memory and errors as `exact_search`; equal rows are not
// told from others. Blocks that are prepared, both on one ground, meet on it; others make their
// own.
[[nodiscard]] MetBlocks meet(const SearchedBlock& first, const SearchedBlock& second, std::size_t k,
                             Meeting meeting, const SearchOptions& options, Monitor& monitor);

}  // namespace twinscore
