"""When a growing sample is large enough, and how far it grows until the next look."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from twinscore.query_sample import Look, QuerySample

FIRST_QUERIES = 1_024
FEWEST_QUERIES = 256
GROWTH = 4
"""A step multiplies the sample by no more than this, so that the interval is seen to shrink."""

LARGE_POOL = 200_000
"""From here on preparing the pool takes seconds: a pilot plans the sample, steps are few."""

CAUTION = 0.8
"""Share of the time left that the next step may be expected to take."""


@dataclass(frozen=True, slots=True)
class Goal:
    """When to stop: at a half-width of the interval, after some seconds, or at the earlier.

    Raises
    ------
    ValueError
        For a precision or budget that is not above 0.
    """

    precision: float | None = None
    budget: float | None = None

    def __post_init__(self) -> None:
        """Refuse goals that cannot be meant."""
        for name, value in (("precision", self.precision), ("budget", self.budget)):
            if value is not None and not (value > 0.0 and math.isfinite(value)):
                raise ValueError(f"expected a {name} above 0, got {value}")

    def met(self, look: Look) -> bool:
        """Tell whether the interval is narrow enough."""
        return self.precision is not None and look.half_width <= self.precision


def first_step(sample: QuerySample, goal: Goal, random: np.random.Generator) -> int:
    """Start small; in a large pool, with as much as a pilot says will do."""
    total = len(sample.order)
    if goal.precision is None or goal.budget is not None or len(sample.vectors) < LARGE_POOL:
        return min(FIRST_QUERIES, total)
    return min(total, max(FIRST_QUERIES, sample.size_for(goal.precision, sample.pilot(random))))


def next_step(sample: QuerySample, goal: Goal, looks: list[Look]) -> int:
    """Say how many more images to take, 0 to stop.

    The size follows from how much the shares vary and from the clock, never from the score itself:
    to stop when the score pleases would spoil the interval.
    """
    now = looks[-1]
    left = len(sample.order) - now.queries
    if goal.met(now) or left == 0:
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
