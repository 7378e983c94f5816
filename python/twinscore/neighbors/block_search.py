"""The exact search in bounded memory: blocks of rows meet, and their lists are merged.

The answer has the bits of one search of all rows, ties and groups included. Blocks are read one
after another, so that the rows may lie in files larger than memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twinscore.base.logs import logger_of
from twinscore.neighbors.backends.exact import ExactBackend
from twinscore.neighbors.block_meeting import Block, meeting
from twinscore.neighbors.block_plan import plan_blocks
from twinscore.neighbors.candidates import joined
from twinscore.neighbors.kinds_search import search_kinds
from twinscore.neighbors.shortlists import merged

if TYPE_CHECKING:
    from twinscore.base.arrays import IdArray
    from twinscore.base.progress import ProgressCallback
    from twinscore.neighbors.block_problem import BlockProblem
    from twinscore.neighbors.records import Neighbors
    from twinscore.neighbors.row_blocks import RowBlocks
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
    _log.info("searching %s rows in blocks of %s", f"{len(problem.reference):,}", f"{plan.rows:,}")

    def search(asked: BlockProblem) -> Neighbors:
        return BlockSearch(asked, plan.rows, threads, progress).run()

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
        others = len(first.rows if second is None else second.rows)
        self.done += len(first.rows) * others * (2 if for_both else 1)
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
