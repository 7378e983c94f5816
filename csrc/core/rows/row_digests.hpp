#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "basis/matrix_view.hpp"
#include "basis/parallel_for.hpp"

namespace twinscore {

// What tells rows apart that cannot be compared, for they do not fit into memory together: 128 bits
// of four sums of products of their words with random numbers, modulo 2^64, of each its upper half
// (Lemire and Kaser, Strongly universal string hashing is fast, 2014: Multilinear). Whatever two
// different rows are, their digests are the same with probability 2^-128 over the numbers.
using RowDigest = std::array<std::uint64_t, 2>;

// Writes the digest of every row. Throws std::invalid_argument naming the first row that is not
// finite, numbered from `first_row` on, of `name`.
void digest_rows(const MatrixView& matrix, const char* name, std::size_t first_row,
                 std::span<RowDigest> digests, unsigned threads, Monitor& monitor);

// Gives rows of one digest one number, in the order in which digests first appear.
[[nodiscard]] std::vector<std::uint32_t> kinds_of(std::span<const RowDigest> digests);

}  // namespace twinscore
