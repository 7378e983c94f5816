"""The exact search in bounded memory: blocks of rows meet, and their lists are merged.

The answer has the bits of one search of all rows, ties and groups included. Blocks are read one
after another, so that the rows may lie in files larger than memory.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twinscore._core import EqualRows, meet_blocks
from twinscore.base.logs import logger_of
from twinscore.neighbors.backends.exact import KERNEL_VARIABLE, SCREEN_VARIABLE, ExactBackend
from twinscore.neighbors.block_plan import plan_blocks
from twinscore.neighbors.block_problem import BlockProblem
from twinscore.neighbors.candidates import joined
from twinscore.neighbors.equal_rows import kinds_of
from twinscore.neighbors.problem import check_finite
from twinscore.neighbors.records import Neighbors
from twinscore.neighbors.shortlists import Shortlists, merged

if TYPE_CHECKING:
    from twinscore.base.arrays import Float64Array, IdArray, PointMatrix
    from twinscore.base.progress import ProgressCallback
    from twinscore.neighbors.row_blocks import RowBlocks

_log = logger_of(__name__)


def search_blocks(
    problem: BlockProblem, memory: int, threads: int, progress: ProgressCallback | None
) -> Neighbors:
    """Find the k nearest candidates of every query, in no more memory than is allowed.

    Parameters
    ----------
    problem
        Not yet checked.
    memory
        Bytes that the search may take, its answer included; arrays in memory are the caller's.
    threads
        0 for all that the process may use.
    progress
        Called now and then with (done, total).

    Raises
    ------
    ValueError
        Where widths differ, a row is not finite, a query has fewer than k candidates, or memory
        does not suffice.
    """
    problem.check_candidates()
    plan = plan_blocks(problem, memory)
    if plan.whole:
        return ExactBackend().search(problem.whole(), threads, progress)
    _log.info("searching %s rows in blocks of %s", f"{len(problem.reference):,}", f"{plan.rows:,}")
    equal = EqualRows(kinds_of(problem.reference, "reference"))
    if not problem.self_join:
        for start, block in problem.queries.blocks(problem.queries.rows_at_once):
            check_finite(block, "queries", start)
    if not equal.many:
        del equal
        return BlockSearch(problem, plan.rows, threads, progress).run()

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
        return as_tuple(BlockSearch(of_kinds, plan.rows, threads, progress).run())

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


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive rows that were read.

    Attributes
    ----------
    rows
        Shape (n, d).
    first
        The number of the first of them.
    groups
        Shape (n,), or None.
    """

    rows: PointMatrix
    first: int
    groups: IdArray | None


@dataclass(slots=True)
class BlockSearch:
    """One search, cut into blocks of so many rows.

    Attributes
    ----------
    problem
        That was checked; rows are told from equal ones by id alone.
    block_rows
        Of both sides.
    threads, progress
        See `search_blocks`.
    """

    problem: BlockProblem
    block_rows: int
    threads: int
    progress: ProgressCallback | None
    done: int = 0

    def run(self) -> Neighbors:
        """Search."""
        parts = self._self_join() if self.problem.self_join else self._queries_by_reference()
        return joined(parts, self.problem.k)

    def _self_join(self) -> list[Neighbors]:
        rows, k = self.problem.reference, self.problem.k
        starts = self._starts(rows)
        lists: list[Shortlists | None] = [None] * len(starts)
        parts = []
        for i, start in enumerate(starts):
            first = self._read(rows, start, self.problem.reference_groups)
            if i == 0:
                lists[0] = self._meet(first, None, None, None)[0]
            for j in range(i + 1, len(starts)):
                second = self._read(rows, starts[j], self.problem.reference_groups)
                # A block that met itself knows how near its neighbors are at most.
                if i == 0:
                    lists[j] = self._meet(second, None, None, None)[0]
                lists[i], lists[j] = self._meet(first, lists[i], second, lists[j], for_both=True)
            of_first = lists[i]
            assert of_first is not None
            parts.append(of_first.settled(k))
            lists[i] = of_first = None
        return parts

    def _queries_by_reference(self) -> list[Neighbors]:
        queries, reference = self.problem.queries, self.problem.reference
        parts = []
        for start in self._starts(queries):
            asking = self._read(queries, start, self.problem.query_groups)
            lists: Shortlists | None = None
            for other in self._starts(reference):
                block = self._read(reference, other, self.problem.reference_groups)
                lists, _ = self._meet(asking, lists, block, None)
            assert lists is not None
            parts.append(lists.settled(self.problem.k))
        return parts

    def _starts(self, rows: RowBlocks) -> list[int]:
        """Cut rows into as few blocks as it takes, of nearly one size."""
        blocks = -(-len(rows) // self.block_rows)
        return [len(rows) * i // blocks for i in range(blocks)]

    def _read(self, rows: RowBlocks, start: int, groups: IdArray | None) -> Block:
        starts = [*self._starts(rows), len(rows)]
        stop = starts[starts.index(start) + 1]
        return Block(rows.read(start, stop), start, None if groups is None else groups[start:stop])

    def _meet(
        self,
        first: Block,
        of_first: Shortlists | None,
        second: Block | None,
        of_second: Shortlists | None,
        *,
        for_both: bool = False,
    ) -> tuple[Shortlists, Shortlists | None]:
        """Let a block meet another, or itself, and merge what they find with what they had."""
        k = self.problem.k

        def asked(
            block: Block, lists: Shortlists | None
        ) -> tuple[PointMatrix, int, IdArray | None, Float64Array | None]:
            limits = None if lists is None else lists.limits(k)
            return block.rows, block.first, block.groups, limits

        found = meet_blocks(
            asked(first, of_first),
            None if second is None else asked(second, of_second),
            k,
            for_both,
            os.environ.get(KERNEL_VARIABLE, ""),
            os.environ.get(SCREEN_VARIABLE, ""),
            self.threads,
            self._report,
        )
        others = len(first.rows if second is None else second.rows)
        self.done += len(first.rows) * others * (2 if for_both else 1)
        self._report(0, 0)
        for_first, for_second = (None if part is None else Shortlists(*part) for part in found)
        assert for_first is not None
        mine = for_first if of_first is None else merged([of_first, for_first], k)
        if for_second is None or of_second is None:
            return mine, for_second
        return mine, merged([of_second, for_second], k)

    def _report(self, done: int, _total: int) -> None:
        if self.progress is not None:
            total = len(self.problem.queries) * len(self.problem.reference)
            self.progress(self.done + done, total)
