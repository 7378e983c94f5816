"""A search of rows of which many are equal: of one of each kind, spread out to all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twinscore._core import EqualRows
from twinscore.neighbors.block_problem import BlockProblem
from twinscore.neighbors.equal_rows import kinds_of
from twinscore.neighbors.problem import check_finite
from twinscore.neighbors.records import Neighbors

if TYPE_CHECKING:
    from collections.abc import Callable

    from twinscore.base.arrays import IdArray


def search_kinds(
    problem: BlockProblem, search: Callable[[BlockProblem], Neighbors], threads: int
) -> Neighbors:
    """Check all values, and search the kinds of rows where many are equal, else all rows.

    Parameters
    ----------
    problem
        Whose values were not looked at.
    search
        Answers a problem, of all rows or of one of each kind; it takes equal rows as any others.
    threads
        Of this process; 0 for all that it may use.

    Raises
    ------
    ValueError
        A row is not finite.
    """
    equal = EqualRows(kinds_of(problem.reference, "reference", threads))
    if not problem.self_join:
        for start, block in problem.queries.blocks(problem.queries.rows_at_once):
            check_finite(block, "queries", start)
    if not equal.many:
        del equal
        return search(problem)

    def ask(
        query_rows: IdArray | None,
        reference_rows: IdArray | None,
        k: int,
        self_join: bool,
        query_groups: IdArray | None,
        reference_groups: IdArray | None,
    ) -> tuple[object, ...]:
        of_kinds = BlockProblem(
            problem.queries.choose(query_rows),
            problem.reference.choose(reference_rows),
            k,
            query_groups,
            reference_groups,
            self_join,
        )
        return as_tuple(search(of_kinds))

    found = equal.search(
        len(problem.queries),
        problem.k,
        problem.self_join,
        problem.query_groups,
        problem.reference_groups,
        threads,
        ask,
    )
    return Neighbors(*found)


def as_tuple(found: Neighbors) -> tuple[object, ...]:
    """Return the arrays of an answer as the core knows them."""
    return found.distances, found.ids, found.tie_offsets, found.tie_ids, found.tie_counts
