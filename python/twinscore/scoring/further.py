"""What takes searches beyond those of the score: the diagnostics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.measures.balance import BalancedScore, balanced_rows, balanced_score
from twinscore.measures.control import real_control
from twinscore.measures.distance_ratio import distance_ratio
from twinscore.measures.half import half_score
from twinscore.measures.space_profile import space_profile

if TYPE_CHECKING:
    from twinscore.graph.intervals import ScoreInterval
    from twinscore.graph.pool import Pool
    from twinscore.measures.control import Control
    from twinscore.measures.distance_ratio import DistanceRatio
    from twinscore.scoring.run import Run
    from twinscore.scoring.searched_pool import SearchedPool

MOST_COMPARED = 10_000
"""Units per side whose distances are compared; a median of so many is sure enough."""


@dataclass(frozen=True, slots=True)
class FurtherFigures:
    """Figures that are left out where diagnostics are.

    Attributes
    ----------
    distance_ratio
        Distances across the sides over distances within the synthetic one.
    space
        Pairs of (axes, score) along the longest principal axes.
    control
        Real against real.
    balanced
        The score at equal sides.
    half
        The score at half the images.
    """

    distance_ratio: DistanceRatio | None = None
    space: tuple[tuple[int, float], ...] = ()
    control: Control | None = None
    balanced: BalancedScore | None = None
    half: float | None = None


def further_figures(
    searched: SearchedPool, score: float, interval: ScoreInterval, run: Run
) -> FurtherFigures:
    """Search for all of them.

    Parameters
    ----------
    searched
        Both sides and what is known of their neighbors.
    score, interval
        Of the whole pool, which are those at equal sides where its sides are equal.
    run
        With diagnostics; without, nothing is searched.
    """
    settings = run.settings
    if not settings.diagnostics:
        return FurtherFigures()
    k, seed, search = settings.k, settings.seed, settings.search
    pool = searched.pool
    lists = searched.lists if pool.groups is None else None
    rows = balanced_rows(pool, np.random.default_rng(seed), MOST_COMPARED)
    comparing = run.stage("Comparing distances and halves")
    comparing(0, 3)
    ratio = distance_ratio(pool.vectors[rows], seed=seed, search=search)
    comparing(1, 3)
    control = real_control(pool, k, seed=seed, lists=lists, search=search)
    comparing(2, 3)
    half = half_score(pool, k, seed=seed, lists=lists, search=search)
    comparing(3, 3)
    return FurtherFigures(
        ratio,
        tuple(
            space_profile(
                pool,
                k,
                seed=seed,
                search=search,
                progress=run.stage("Scoring along principal axes"),
            )
        ),
        control,
        _balanced(pool, score, interval, run),
        half,
    )


def _balanced(pool: Pool, score: float, interval: ScoreInterval, run: Run) -> BalancedScore:
    if pool.is_balanced:
        return BalancedScore(score, 0.0, interval, 0)
    return balanced_score(
        pool,
        run.settings.k,
        seed=run.settings.seed,
        search=run.settings.search,
        progress=run.stage("Drawing equal sides"),
    )
