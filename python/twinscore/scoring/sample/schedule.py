"""When a growing sample is large enough, and how far it grows until the next look."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twinscore.base.logs import logger_of

if TYPE_CHECKING:
    from twinscore.base.progress import StageProgress
    from twinscore.scoring.sample.queries import Look, QuerySample
    from twinscore.scoring.settings import SampleGoal

FIRST_QUERIES = 1_024
FEWEST_QUERIES = 256
GROWTH = 6
"""A step multiplies the sample by no more than this, so that the interval is seen to shrink."""

CAUTION = 0.8
"""Share of the time left that the next step may be expected to take."""

_log = logger_of(__name__)


class OutOfTimeError(Exception):
    """The budget ended in the middle of a step."""


@dataclass(frozen=True, slots=True)
class Growth:
    """How a sample grew.

    Attributes
    ----------
    looks
        What was known after each step, at least one.
    interrupted
        Whether Ctrl-C ended it.
    """

    looks: tuple[Look, ...]
    interrupted: bool


def grow(
    sample: QuerySample, goal: SampleGoal, progress: StageProgress | None = None, *, started: float
) -> Growth:
    """Extend a sample step by step until the goal is met, or all images are in it.

    Parameters
    ----------
    sample
        Of which nothing was searched yet.
    goal
        When to stop. One step at least is finished, whatever the budget.
    progress
        Called with (stage, done, total); the stage tells the score so far.
    started
        When the clock of the budget began, by `time.perf_counter`.

    Raises
    ------
    KeyboardInterrupt
        Where Ctrl-C comes before the first part of the sample was searched; one that comes later
        ends the growth.
    """
    looks: list[Look] = []
    interrupted = False
    step = min(FIRST_QUERIES, len(sample.order))
    while step:
        stage = _described(looks[-1]) if looks else "Sampling images"

        def report(done: int, total: int, stage: str = stage) -> None:
            if progress is not None:
                progress(stage, done, total)
            if goal.budget is not None and time.perf_counter() - started > goal.budget:
                raise OutOfTimeError

        stopped = False
        try:
            if progress is not None:
                progress(stage, 0, step)
            sample.extend(step, report)
        except OutOfTimeError:
            stopped = True
        except KeyboardInterrupt:
            if len(sample.shares) == 0:
                raise
            stopped = interrupted = True
        if not looks or len(sample.shares) > looks[-1].queries:
            looks.append(sample.look(time.perf_counter() - started))
            _log.info("%s", _described(looks[-1]))
        step = 0 if stopped else next_step(sample, goal, looks)
    if progress is not None:
        progress(_described(looks[-1]), 1, 1)
    return Growth(tuple(looks), interrupted)


def _described(look: Look) -> str:
    return f"Score {look.score:.3f} ± {look.half_width:.3f} after {look.queries:,} images"


def next_step(sample: QuerySample, goal: SampleGoal, looks: list[Look]) -> int:
    """Say how many more images to take, 0 to stop.

    The size follows from how much the shares vary and from the clock, never from the score itself:
    to stop when the score pleases would spoil the interval.
    """
    now = looks[-1]
    left = len(sample.order) - now.queries
    if _is_met(goal, now) or left == 0:
        return 0
    step = min(left, (GROWTH - 1) * now.queries)
    if goal.precision is not None:
        needed = sample.size_for(goal.precision) - now.queries
        step = min(step, max(FEWEST_QUERIES, needed))
    if goal.budget is not None:
        affordable = affordable_queries(looks, CAUTION * (goal.budget - now.seconds))
        step = min(step, affordable) if affordable >= min(FEWEST_QUERIES, left) else 0
    return min(step, left)


def affordable_queries(looks: list[Look], seconds: float) -> int:
    """Say how many queries fit into the seconds, judging by the steps so far.

    A step takes a fixed time, to prepare the pool, and more for each query: two steps tell both.
    """
    points = [(0, 0.0), *((look.queries, look.seconds) for look in looks)]
    steps = [(q1 - q0, t1 - t0) for (q0, t0), (q1, t1) in itertools.pairwise(points)]
    queries, took = steps[-1]
    fixed, rate = 0.0, took / queries
    if len(steps) > 1 and steps[-2][0] != queries:
        slope = (took - steps[-2][1]) / (queries - steps[-2][0])
        if slope > 0.0:
            fixed, rate = max(0.0, took - slope * queries), min(rate, slope)
    return max(0, int((seconds - fixed) / rate))


def _is_met(goal: SampleGoal, look: Look) -> bool:
    """Tell whether the interval is narrow enough."""
    return goal.precision is not None and look.half_width <= goal.precision
