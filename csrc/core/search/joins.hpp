#pragma once

#include <cstddef>

#include "basis/parallel_for.hpp"
#include "rows/arranged_rows.hpp"
#include "search/screening.hpp"
#include "search/search_problem.hpp"

namespace twinscore {

// Ways to let rows meet rows. All throw std::length_error when ties outgrow memory.

// Every pair of rows is compared once and serves both.
void join_with_itself(Screening& screening, const ArrangedRows& rows, Collection& collection,
                      unsigned threads, Monitor& monitor);

// Every row is compared once with every row of the others, and serves both. `others` are the
// panels.
void join_with_each_other(Screening& screening, const ArrangedRows& rows, Collection& of_rows,
                          const ArrangedRows& others, Collection& of_others, unsigned threads,
                          Monitor& monitor);

// Each tile of queries meets all reference tiles, the nearest first.
void search_reference(Screening& screening, const ArrangedRows& queries, Collection& answers,
                      const ArrangedRows& reference, unsigned threads, Monitor& monitor);

// Searches again for the rows whose guess of a limit did not hold: a handful. Returns how many.
std::size_t search_without_guess(Screening& screening, const SearchProblem& problem,
                                 const ArrangedRows& queries, Collection& answers,
                                 const ArrangedRows& reference, unsigned threads, Monitor& monitor);

}  // namespace twinscore
