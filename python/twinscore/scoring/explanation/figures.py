"""Scores of a sample, before and after an alteration."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from twinscore.base.constants import Z_95
from twinscore.graph.intervals import score_interval
from twinscore.graph.score import directed_score, expected_shares, other_side_shares
from twinscore.measures.judge import judge_pool
from twinscore.measures.unit_graphs import graphs_of, grouped_graphs, search_width
from twinscore.scoring.explanation.records import Control, Figures

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray, Float64Array, FloatMatrix
    from twinscore.graph.pool import Pool
    from twinscore.measures.unit_graphs import PoolGraphs
    from twinscore.scoring.settings import ScoreSettings

DEPENDENCE = 2.0
"""Labels of neighbors depend on each other: chance moves a score by up to about this times the
variance that as many independent images would give it."""

DESTROYS = 0.25
"""By how much two unlike halves of photographs may come to score more, and no further."""


def figures_of(points: Pool, settings: ScoreSettings) -> tuple[Figures, Float64Array]:
    """Score a sample.

    Parameters
    ----------
    points
        Both sides.
    settings
        Of the result that is explained: its k, seed and search.

    Returns
    -------
    figures : Figures
    shares : ndarray of shape (u,), float64
        Of each synthetic unit the share of real neighbors over that of a perfect twin.
    """
    is_real = points.unit_is_real
    graphs = _graphs(points, settings)
    interval = score_interval(graphs.graph, graphs.surroundings, ~is_real, left_out=graphs.left_out)
    shares = other_side_shares(graphs.graph, is_real)[~is_real] / expected_shares(is_real)[~is_real]
    judged = judge_pool(points, seed=settings.seed, relabellings=1).judge
    figures = Figures(
        directed_score(graphs.graph, ~is_real),
        (interval.low, interval.high),
        directed_score(graphs.graph, is_real),
        judged.accuracy,
    )
    return figures, np.asarray(shares, dtype=np.float64)


def gain_interval(before: Float64Array, after: Float64Array) -> tuple[float, float]:
    """Return the 95 % interval of the difference of two scores of the same units."""
    change = after - before
    error = math.sqrt(DEPENDENCE * float(change.var(ddof=1)) / len(change))
    mean = float(change.mean())
    return mean - Z_95 * error, mean + Z_95 * error


def control_of(points: Pool, altered: FloatMatrix, settings: ScoreSettings) -> Control:
    """Score two unlike halves of photographs, as they are and altered.

    The halves are those below and above the median along the longest principal axis.

    Parameters
    ----------
    points
        Of photographs as they were before.
    altered
        Shape (n, d): the same photographs, altered.
    settings
        As in `figures_of`.
    """
    halves = _unlike_halves(points)
    before, after = (
        _score(replace(points, vectors=vectors, is_real=halves), settings)
        for vectors in (points.vectors, altered)
    )
    return Control(before, after, after - before > DESTROYS)


def _unlike_halves(points: Pool) -> BoolArray:
    vectors = np.asarray(points.vectors, dtype=np.float64)
    centred = vectors - vectors.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    units = points.units
    along = np.bincount(units, centred @ axes[0]) / np.bincount(units)
    order = np.argsort(along, kind="stable")
    is_low = np.zeros(len(along), dtype=np.bool_)
    is_low[order[: len(order) // 2]] = True
    return np.asarray(is_low[units])


def _score(points: Pool, settings: ScoreSettings) -> float:
    return directed_score(_graphs(points, settings).graph, ~points.unit_is_real)


def _graphs(points: Pool, settings: ScoreSettings) -> PoolGraphs:
    k = min(settings.k, len(points.unit_is_real) - 1)
    if points.groups is not None:
        return grouped_graphs(points, k, seed=settings.seed, search=settings.search)
    width = max(search_width(k, len(points.vectors)), k)
    neighbors = settings.search.self_knn(points.vectors, width)
    return graphs_of(neighbors, points.is_real, k)
