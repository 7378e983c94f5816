"""The exact search in bounded memory: blocks of rows meet, and their lists are merged.

The answer has the bits of one search of all rows, ties and groups included. Blocks are read one
after another, so that the rows may lie in files larger than memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twinscore.base.logs import logger_of
from twinscore.neighbors.backends.exact import ExactBackend
from twinscore.neighbors.block_meeting import meeting
from twinscore.neighbors.block_plan import plan_blocks
from twinscore.neighbors.candidates import joined
from twinscore.neighbors.common_ground import sampled
from twinscore.neighbors.kinds_search import search_kinds
from twinscore.neighbors.prepared_blocks import Block, PreparedBlocks
from twinscore.neighbors.shortlists import merged

if TYPE_CHECKING:
    from twinscore.base.progress import ProgressCallback
    from twinscore.neighbors.block_problem import BlockProblem
    from twinscore.neighbors.prepared_blocks import PreparedBlock
    from twinscore.neighbors.records import Neighbors
    from twinscore.neighbors.shortlists import Shortlists

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

    def search(asked: BlockProblem) -> Neighbors:
        sample = sampled(asked, memory)
        if sample is None:
            return ExactBackend().search(asked.whole(), threads, progress)
        ground = sample.ground(threads)
        del sample
        # What rows take when they are prepared is known now: fewer blocks may do.
        rows = plan_blocks(problem, memory, ground.row_bytes).rows
        _log.info("searching %s rows in blocks of %s", f"{len(asked.reference):,}", f"{rows:,}")
        return BlockSearch(asked, rows, PreparedBlocks(ground, 2 * rows), threads, progress).run()

    return search_kinds(problem, search, threads)


@dataclass(slots=True)
class BlockSearch:
    """One search, cut into blocks of so many rows.

    Attributes
    ----------
    problem
        That was checked; rows are told from equal ones by id alone.
    block_rows
        Of both sides.
    prepared
        Holds the blocks that meet.
    threads, progress
        See `search_blocks`.
    """

    problem: BlockProblem
    block_rows: int
    prepared: PreparedBlocks
    threads: int
    progress: ProgressCallback | None
    done: int = 0

    def run(self) -> Neighbors:
        """Search."""
        parts = self._self_join() if self.problem.self_join else self._queries_by_reference()
        return joined(parts, self.problem.k)

    def _self_join(self) -> list[Neighbors]:
        count = len(self._starts(len(self.problem.reference))) - 1
        lists: list[Shortlists | None] = [None] * count
        parts = []
        for i in range(count):
            if i == 0:
                lists[0] = self._meet(self._reference(0), None, None, None)[0]
            for j in _back_and_forth(i, i + 1, count):
                self._let_meet(i, j, lists)
            of_first = lists[i]
            assert of_first is not None
            parts.append(of_first.settled(self.problem.k))
            lists[i] = of_first = None
        return parts

    def _let_meet(self, i: int, j: int, lists: list[Shortlists | None]) -> None:
        # In this order: the last block taken is the one that stays.
        first, second = self._reference(i), self._reference(j)
        if lists[j] is None:
            # A block that met itself knows how near its neighbors are at most.
            lists[j] = self._meet(second, None, None, None)[0]
        lists[i], lists[j] = self._meet(first, lists[i], second, lists[j], for_both=True)

    def _queries_by_reference(self) -> list[Neighbors]:
        blocks = len(self._starts(len(self.problem.reference))) - 1
        parts = []
        for i in range(len(self._starts(len(self.problem.queries))) - 1):
            lists: Shortlists | None = None
            for j in _back_and_forth(i, 0, blocks):
                lists, _ = self._meet(self._queries(i), lists, self._reference(j), None)
            assert lists is not None
            parts.append(lists.settled(self.problem.k))
        return parts

    def _starts(self, rows: int) -> list[int]:
        """Cut rows into as few blocks as it takes, of nearly one size; ends with their number."""
        blocks = -(-rows // self.block_rows)
        return [rows * i // blocks for i in range(blocks + 1)]

    def _reference(self, number: int) -> PreparedBlock:
        return self._block("reference", number)

    def _queries(self, number: int) -> PreparedBlock:
        return self._block("queries", number)

    def _block(self, side: str, number: int) -> PreparedBlock:
        of_reference = side == "reference"
        rows = self.problem.reference if of_reference else self.problem.queries
        groups = self.problem.reference_groups if of_reference else self.problem.query_groups
        start, stop = self._starts(len(rows))[number : number + 2]

        def read() -> Block:
            some = None if groups is None else groups[start:stop]
            return Block(rows.read(start, stop), start, some)

        return self.prepared.take((side, number), stop - start, read)

    def _meet(
        self,
        first: PreparedBlock,
        of_first: Shortlists | None,
        second: PreparedBlock | None,
        of_second: Shortlists | None,
        *,
        for_both: bool = False,
    ) -> tuple[Shortlists, Shortlists | None]:
        """Let a block meet another, or itself, and merge what they find with what they had."""
        found = meeting(
            (first, None if of_first is None else of_first.limits(self.problem.k)),
            None
            if second is None
            else (second, None if of_second is None else of_second.limits(self.problem.k)),
            self.problem.k,
            for_both=for_both,
            threads=self.threads,
            progress=self._report,
        )
        others = len((first if second is None else second).block.rows)
        self.done += len(first.block.rows) * others * (2 if for_both else 1)
        self._report(0, 0)
        for_first, for_second = found
        k = self.problem.k
        mine = for_first if of_first is None else merged([of_first, for_first], k)
        if for_second is None or of_second is None:
            return mine, for_second
        return mine, merged([of_second, for_second], k)

    def _report(self, done: int, _total: int) -> None:
        if self.progress is not None:
            total = len(self.problem.queries) * len(self.problem.reference)
            self.progress(self.done + done, total)


def _back_and_forth(turn: int, start: int, stop: int) -> range:
    """Walk up, and down every second turn: the last block of a turn is held at the next."""
    return range(stop - 1, start - 1, -1) if turn % 2 else range(start, stop)
