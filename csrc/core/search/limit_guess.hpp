#pragma once

// Searches for many neighbors spend themselves on pairs that looked near while little was known.
// The distances to a few reference rows tell about how far the k-th neighbor is: among S of N rows
// are about k S / N of the k nearest. The limit is put where more than that many, by a margin that
// chance exceeds once in a thousand rows, of the sample lie within. A guess proves itself when k
// rows are found within it: whatever it ruled out is then farther. Else the row is searched again
// without one.

#include "search/screening.hpp"

namespace twinscore {

// The squared distance that two halves make, and more than rounding took from it: of many rows at
// one distance all are then within it, or none.
[[nodiscard]] float distance_within(double own, double other);

// Lets the candidates of every query start from a guess, where that pays.
void guess_limits(const SearchProblem& problem, const ArrangedRows& queries,
                  const ArrangedRows& reference, Collection& collection, unsigned threads,
                  Monitor& monitor);

}  // namespace twinscore
