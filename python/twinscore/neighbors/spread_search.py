"""The exact search on workers: pairs of blocks meet there, their lists are merged here.

The answer has the bits of one search of all rows, whatever the cut, the order in which workers are
done, and however often one of them died.
"""

from __future__ import annotations

import math
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from twinscore.base.workers.opening import opened_workers
from twinscore.base.workers.protocol import WORKER_MEMORY, WorkerNeeds
from twinscore.base.workers.tasks import as_finished
from twinscore.neighbors.block_meeting import Block, meeting
from twinscore.neighbors.candidates import joined
from twinscore.neighbors.kinds_search import search_kinds
from twinscore.neighbors.shortlists import Shortlists, merged
from twinscore.neighbors.spread_plan import (
    Meeting,
    meetings_of,
    plan_spread,
    shared_out,
    starts_of,
)

if TYPE_CHECKING:
    from twinscore.base.arrays import Float64Array, IdArray
    from twinscore.base.progress import ProgressCallback
    from twinscore.base.workers.protocol import Workers
    from twinscore.neighbors.block_problem import BlockProblem
    from twinscore.neighbors.records import Neighbors
    from twinscore.neighbors.row_blocks import RowBlocks
    from twinscore.neighbors.spread_plan import SpreadPlan

    Met = tuple[Shortlists, Shortlists | None]


def search_on_workers(
    problem: BlockProblem,
    workers: str | Workers,
    memory: int | None,
    threads: int | None,
    progress: ProgressCallback | None,
) -> Neighbors:
    """Find the k nearest candidates of every query.

    Parameters
    ----------
    problem
        Not yet checked.
    workers
        By name, or open already.
    memory
        Bytes that each worker may take; None for `WORKER_MEMORY`. The answer is this process's.
    threads
        Of each worker; None for one.
    progress
        Called with (done, total) pairs of rows whenever two blocks have met.

    Raises
    ------
    ValueError
        Where widths differ, a row is not finite, a query has fewer than k candidates, or memory
        does not suffice.
    OSError
        Workers died again and again, or cannot be reached.
    """
    problem.check_candidates()
    needs = WorkerNeeds(threads=threads or 1, memory=memory or WORKER_MEMORY)
    with opened_workers(workers, needs) as pool:

        def search(asked: BlockProblem) -> Neighbors:
            plan = plan_spread(asked, needs.memory, pool.count)
            return SpreadSearch(asked, plan, pool, needs.threads, progress).run()

        return search_kinds(problem, search, threads or 0)


def meet(
    first: Block,
    rows: tuple[int, int],
    first_limits: Float64Array | None,
    second: Block | None,
    second_limits: Float64Array | None,
    k: int,
    for_both: bool,
    threads: int,
) -> Met:
    """Let some rows of a block meet another, or itself, on a worker; see `meeting`.

    Returns
    -------
    Lists of the whole of both blocks: of rows that were not asked for, empty ones.
    """
    other = None if second is None else (second, second_limits)
    of_first, of_second = meeting(
        (first.part(*rows), first_limits), other, k, for_both=for_both, threads=threads
    )
    return of_first.among(rows[0], len(first.rows)), of_second


@dataclass(slots=True)
class SharedBlocks:
    """The blocks of one side, each handed to the workers when it is first needed.

    Attributes
    ----------
    rows, groups, starts
        What is cut, and where.
    workers
        Who takes them.
    uses
        How many meetings of each block are still to come; it is let go after the last.
    """

    rows: RowBlocks
    groups: IdArray | None
    starts: list[int]
    workers: Workers
    uses: Counter[int] = field(default_factory=Counter)
    _shared: dict[int, Any] = field(default_factory=dict)

    def take(self, number: int) -> Any:
        """Return what stands for a block in the arguments of a task."""
        if number not in self._shared:
            start, stop = self.starts[number], self.starts[number + 1]
            groups = None if self.groups is None else self.groups[start:stop]
            block = Block(self.rows.read(start, stop), start, groups)
            self._shared[number] = self.workers.share(block)
        shared = self._shared[number]
        self.uses[number] -= 1
        if self.uses[number] == 0:
            del self._shared[number]
        return shared

    def size(self, number: int) -> int:
        """Return the number of rows of a block."""
        return self.starts[number + 1] - self.starts[number]

    def size_of(self, meeting: Meeting) -> int:
        """Return the number of rows of a first block that take part."""
        start, stop = meeting.rows(self.size(meeting.first))
        return stop - start


@dataclass(slots=True)
class SpreadSearch:
    """One search on workers.

    Attributes
    ----------
    problem
        That was checked; rows are told from equal ones by id alone.
    plan
        How it is cut.
    workers, threads
        Who meets, with how many threads each.
    progress
        See `search_on_workers`.
    """

    problem: BlockProblem
    plan: SpreadPlan
    workers: Workers
    threads: int
    progress: ProgressCallback | None
    done: int = 0

    def run(self) -> Neighbors:
        """Search."""
        lists = self._self_join() if self.problem.self_join else self._queries_by_reference()
        parts = []
        for number, found in enumerate(lists):
            assert found is not None
            parts.append(found.settled(self.problem.k))
            lists[number] = found = None
        return joined(parts, self.problem.k)

    def _self_join(self) -> list[Shortlists | None]:
        count = self.plan.reference
        blocks = self._cut(self.problem.reference, self.problem.reference_groups, count)
        meetings = self._meetings(count, count)
        blocks.uses.update(range(count))
        for each in meetings:
            blocks.uses.update((each.first, each.second))
        lists: list[Shortlists | None] = [None] * count
        alone = (self._arguments(blocks, Meeting(i, i), None, None, None) for i in range(count))
        # Blocks that met themselves know how near their neighbors are at most.
        with closing(as_finished(self.workers, meet, alone)) as met:
            for i, (found, _) in met:
                lists[i] = found
                self._report(blocks.size(i) ** 2)
        together = (
            self._arguments(blocks, each, lists[each.first], blocks, lists[each.second])
            for each in meetings
        )
        with closing(as_finished(self.workers, meet, together)) as met:
            for number, (of_first, of_second) in met:
                each = meetings[number]
                lists[each.first] = self._with(lists[each.first], of_first)
                lists[each.second] = self._with(lists[each.second], of_second)
                self._report(2 * blocks.size_of(each) * blocks.size(each.second))
        return lists

    def _queries_by_reference(self) -> list[Shortlists | None]:
        problem, plan = self.problem, self.plan
        asking = self._cut(problem.queries, problem.query_groups, plan.queries)
        asked = self._cut(problem.reference, problem.reference_groups, plan.reference)
        lists: list[Shortlists | None] = [None] * plan.queries
        meetings = self._meetings(plan.queries, plan.reference)
        asking.uses.update(each.first for each in meetings)
        asked.uses.update(each.second for each in meetings)
        arguments = (
            self._arguments(asking, each, lists[each.first], asked, None) for each in meetings
        )
        with closing(as_finished(self.workers, meet, arguments)) as met:
            for number, (found, _) in met:
                each = meetings[number]
                lists[each.first] = self._with(lists[each.first], found)
                self._report(asking.size_of(each) * asked.size(each.second))
        return lists

    def _cut(self, rows: RowBlocks, groups: IdArray | None, blocks: int) -> SharedBlocks:
        return SharedBlocks(rows, groups, starts_of(len(rows), blocks), self.workers)

    def _meetings(self, first: int, second: int) -> list[Meeting]:
        workers = self.workers.count
        pairs = meetings_of(first, second, math.isqrt(workers) + 1)
        return shared_out(
            [(i, j) for i, j in pairs if i < j or not self.problem.self_join], workers
        )

    def _arguments(
        self,
        firsts: SharedBlocks,
        each: Meeting,
        of_first: Shortlists | None,
        seconds: SharedBlocks | None,
        of_second: Shortlists | None,
    ) -> tuple[Any, ...]:
        """Tell a task what is known by now: rows that are too far need not come back."""
        k = self.problem.k
        start, stop = each.rows(firsts.size(each.first))
        return (
            firsts.take(each.first),
            (start, stop),
            None if of_first is None else of_first.limits(k)[start:stop],
            None if seconds is None else seconds.take(each.second),
            None if of_second is None else of_second.limits(k),
            k,
            self.problem.self_join and seconds is not None,
            self.threads,
        )

    def _with(self, before: Shortlists | None, found: Shortlists | None) -> Shortlists:
        assert found is not None
        return found if before is None else merged([before, found], self.problem.k)

    def _report(self, pairs: int) -> None:
        self.done += pairs
        if self.progress is not None:
            self.progress(self.done, len(self.problem.queries) * len(self.problem.reference))
