"""The exact search on workers: pairs of blocks meet there, their lists are merged here.

The answer has the bits of one search of all rows, whatever the cut, the order in which workers are
done, and however often one of them died.
"""

from __future__ import annotations

import math
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from twinscore.base.workers.opening import opened_workers
from twinscore.base.workers.protocol import WORKER_MEMORY, WorkerNeeds
from twinscore.base.workers.tasks import as_finished
from twinscore.neighbors.backends.exact import ExactBackend
from twinscore.neighbors.block_plan import bytes_around
from twinscore.neighbors.candidates import joined
from twinscore.neighbors.common_ground import sampled
from twinscore.neighbors.kinds_search import search_kinds
from twinscore.neighbors.shared_blocks import SharedBlocks
from twinscore.neighbors.shortlists import merged
from twinscore.neighbors.spread_meeting import SharedSearch, let_go, meet
from twinscore.neighbors.spread_plan import (
    Meeting,
    meetings_of,
    plan_spread,
    shared_out,
    starts_of,
)

if TYPE_CHECKING:
    from twinscore.base.progress import ProgressCallback
    from twinscore.base.workers.protocol import Workers
    from twinscore.neighbors.block_problem import BlockProblem
    from twinscore.neighbors.records import Neighbors
    from twinscore.neighbors.shortlists import Shortlists
    from twinscore.neighbors.spread_plan import SpreadPlan


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
            sample = sampled(asked, needs.memory)
            if sample is None:
                return ExactBackend().search(asked.whole(), needs.threads, progress)
            plan = plan_spread(asked, needs.memory, pool.count)
            room = needs.memory - bytes_around(asked)
            shared = SharedSearch(uuid4().hex, sample, asked.k, room, needs.threads)
            try:
                return SpreadSearch(asked, plan, pool, pool.share(shared), progress).run()
            finally:
                let_go(shared)

        return search_kinds(problem, search, threads or 0)


@dataclass(slots=True)
class SpreadSearch:
    """One search on workers.

    Attributes
    ----------
    problem
        That was checked; rows are told from equal ones by id alone.
    plan
        How it is cut.
    workers
        Who meets.
    shared
        What stands for the `SharedSearch` among the arguments of their tasks.
    progress
        See `search_on_workers`.
    """

    problem: BlockProblem
    plan: SpreadPlan
    workers: Workers
    shared: Any
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
        blocks = self._cut("reference", count)
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
                lists[each.first] = self._with_some(blocks, each, lists[each.first], of_first)
                lists[each.second] = self._with(lists[each.second], of_second)
                self._report(2 * blocks.size_of(each) * blocks.size(each.second))
        return lists

    def _queries_by_reference(self) -> list[Shortlists | None]:
        plan = self.plan
        asking = self._cut("queries", plan.queries)
        asked = self._cut("reference", plan.reference)
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
                lists[each.first] = self._with_some(asking, each, lists[each.first], found)
                self._report(asking.size_of(each) * asked.size(each.second))
        return lists

    def _cut(self, side: str, blocks: int) -> SharedBlocks:
        problem = self.problem
        rows, groups = problem.queries, problem.query_groups
        if side == "reference":
            rows, groups = problem.reference, problem.reference_groups
        starts = starts_of(len(rows), blocks)
        return SharedBlocks(side, rows, groups, starts, self.workers, self.shared)

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
        k, first, second = self.problem.k, each.first, each.second
        start, stop = each.rows(firsts.size(first))
        return (
            self.shared,
            firsts.some(first, start, stop, of_first, k),
            *firsts.take(first),
            None if seconds is None else seconds.whole(second, of_second, k),
            *((None, None) if seconds is None else seconds.take(second)),
            self.problem.self_join and seconds is not None,
        )

    def _with_some(
        self,
        firsts: SharedBlocks,
        each: Meeting,
        before: Shortlists | None,
        found: Shortlists,
    ) -> Shortlists:
        """Merge what some rows of a block found with what all of them had."""
        size = firsts.size(each.first)
        return self._with(before, found.among(each.rows(size)[0], size))

    def _with(self, before: Shortlists | None, found: Shortlists) -> Shortlists:
        return found if before is None else merged([before, found], self.problem.k)

    def _report(self, pairs: int) -> None:
        self.done += pairs
        if self.progress is not None:
            self.progress(self.done, len(self.problem.queries) * len(self.problem.reference))
