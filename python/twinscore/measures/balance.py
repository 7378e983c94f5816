"""The score at equal sides: the larger side cut to the size of the smaller, again and again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.graph.intervals import (
    ScoreInterval,
    effective_size,
    interval_of,
    mean_share_variance,
)
from twinscore.graph.neighbor_graph import graph_of
from twinscore.graph.score import directed_score, overlap
from twinscore.graph.surroundings import neighborhood_size, surroundings_of
from twinscore.neighbors.settings import EXACT, SearchSettings

if TYPE_CHECKING:
    from twinscore.base.arrays import IdArray, PointMatrix
    from twinscore.base.progress import ProgressCallback
    from twinscore.graph.pool import Pool

FEWEST_DRAWS = 4
MOST_DRAWS = 40
EFFORT = 2
"""Draws are added until they cost about this many searches of the whole pool."""

QUICK_DRAWS, MOST_QUICK = 8, 1_000
"""Draws, and units per side in each, where equal sides serve the overlap alone."""

CERTAIN = 0.25
"""Share of the variance of one draw that averaging is believed to leave at least."""


@dataclass(frozen=True, slots=True)
class BalancedScore:
    """Average score of draws with equal sides.

    Attributes
    ----------
    score
        S at p = 1/2.
    spread
        Standard deviation over the draws.
    interval
        Of the average, over pools drawn anew.
    draws
        How many there were; 0 where the sides are equal already.
    """

    score: float
    spread: float
    interval: ScoreInterval
    draws: int


def balanced_rows(pool: Pool, random: np.random.Generator, most: int | None = None) -> IdArray:
    """Draw one member of each unit, and as many units of one side as of the other.

    Parameters
    ----------
    pool
        Both sides.
    random
        Decides.
    most
        Units per side at most.

    Returns
    -------
    Shape (2 m,): rows of the pool, the real ones first.
    """
    rows = pool.draw(random)
    sides = [rows[pool.is_real[rows]], rows[~pool.is_real[rows]]]
    count = min(len(sides[0]), len(sides[1]), most or len(rows))
    return np.concatenate([random.permutation(side)[:count] for side in sides])


def balanced_score(
    pool: Pool,
    k: int,
    *,
    seed: int,
    most: int | None = None,
    draws: int | None = None,
    search: SearchSettings = EXACT,
    progress: ProgressCallback | None = None,
) -> BalancedScore:
    """Score balanced draws and average.

    The variance of one draw is the variance of their average plus the mean variance among draws
    from one pool; the latter is seen, so the former follows.

    Parameters
    ----------
    pool
        Both sides.
    k
        Neighbors per unit; fewer where a draw has no more.
    seed
        Of the draws.
    most
        Units per side at most.
    draws
        How many, at least 2. None: as many as cost about two searches of the whole pool.
    search
        Backend and threads.
    progress
        Called with (draws done, draws).
    """
    random = np.random.default_rng(seed)
    is_real = pool.unit_is_real
    smallest = int(min(np.count_nonzero(is_real), np.count_nonzero(~is_real)))
    smallest = min(smallest, most or smallest)
    draws = draws or _draw_count(len(pool.vectors), 2 * smallest)
    scores, variances = [], []
    for draw in range(draws):
        score, variance = _score(pool.vectors[balanced_rows(pool, random, most)], k, search)
        scores.append(score)
        variances.append(variance)
        if progress is not None:
            progress(draw + 1, draws)
    single, among = float(np.mean(variances)), float(np.var(scores, ddof=1))
    variance = max(single - among * (1.0 - 1.0 / draws), CERTAIN * single)
    mean = float(np.mean(scores))
    expected = smallest / (2.0 * smallest - 1.0)
    share = mean * expected
    size = effective_size(share, variance * expected**2, smallest, smallest)
    interval = interval_of(share, size, expected=expected, smallest=smallest)
    return BalancedScore(mean, float(np.sqrt(among)), interval, draws)


def sides_for_overlap(
    pool: Pool, k: int, *, seed: int, search: SearchSettings = EXACT
) -> BalancedScore | None:
    """Score a few draws with equal sides where few real units say little of the overlap.

    Parameters
    ----------
    pool, k, seed, search
        See `balanced_score`.

    Returns
    -------
    None where there are as many real units as synthetic ones, or more.
    """
    if pool.unit_is_real.mean() >= 0.5:
        return None
    return balanced_score(pool, k, seed=seed, most=MOST_QUICK, draws=QUICK_DRAWS, search=search)


def overlap_with_interval(
    score: float,
    interval: ScoreInterval,
    real_fraction: float,
    balanced: BalancedScore | None,
) -> tuple[float, tuple[float, float]]:
    """Overlap and its interval, from equal sides where the synthetic side is the larger one.

    With few real images the score hardly moves with the overlap, so that noise in it is noise
    many times as large in the overlap. What the variance of the interval adds to the overlap in
    the mean is taken off; the ends of the interval, which are quantiles, need no such thing.

    Parameters
    ----------
    score, interval, real_fraction
        Of the whole pool.
    balanced
        At equal sides, where that is known.
    """
    if balanced is not None and real_fraction < 0.5:
        score, interval, real_fraction = balanced.score, balanced.interval, 0.5
    low, high = (overlap(end, real_fraction) for end in (interval.low, interval.high))
    return max(overlap(score, real_fraction, interval.variance), low), (low, high)


def _score(vectors: PointMatrix, k: int, search: SearchSettings) -> tuple[float, float]:
    points = len(vectors)
    is_real = np.arange(points) < points // 2
    k = min(k, points - 1)
    nearby = min(neighborhood_size(points // 2), points - 1)
    neighbors = search.self_knn(vectors, max(k, nearby))
    graph, surroundings = graph_of(neighbors, k), surroundings_of(graph_of(neighbors, nearby))
    expected = (points // 2) / (points - 1)
    marks = ~is_real / ((points // 2) * expected)
    kinds = is_real.astype(np.int64)
    variance = mean_share_variance(graph, surroundings, marks, is_real, kinds)
    return directed_score(graph, ~is_real), variance


def _draw_count(points: int, drawn: int) -> int:
    return int(np.clip(EFFORT * (points / drawn) ** 2, FEWEST_DRAWS, MOST_DRAWS))
