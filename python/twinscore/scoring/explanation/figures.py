"""Scores of a sample, before and after an alteration."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
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
    from twinscore.graph.neighbor_graph import NeighborGraph
    from twinscore.graph.pool import Pool
    from twinscore.measures.unit_graphs import PoolGraphs
    from twinscore.scoring.settings import ScoreSettings

DEPENDENCE = 2.0
"""Labels of neighbors depend on each other: chance moves a score by up to about this times the
variance that as many independent images would give it."""

NEIGHBORS = 3
"""Over which, and from both sides, a gain is tested: over one neighbor and from one side, a sample
of two hundred cannot tell a score of 0.9 from 1."""

DESTROYS = 0.25
"""By how much two unlike halves of photographs may come to score more, and no further."""


@dataclass(frozen=True, slots=True)
class UnitShares:
    """Shares of neighbors from the other side, over those of a perfect twin.

    Attributes
    ----------
    own
        Shape (s,): of each synthetic unit, over the neighbors of the score.
    surer
        Shape (u,): of each unit of both sides, over `NEIGHBORS` or more.
    """

    own: Float64Array
    surer: Float64Array


def figures_of(points: Pool, settings: ScoreSettings) -> tuple[Figures, UnitShares]:
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
    shares : UnitShares
    """
    is_real = points.unit_is_real
    graphs = _graphs(points, settings, settings.k)
    more = _graphs(points, settings, max(settings.k, NEIGHBORS)).graph
    interval = score_interval(graphs.graph, graphs.surroundings, ~is_real, left_out=graphs.left_out)
    judged = judge_pool(points, seed=settings.seed, relabellings=1).judge
    figures = Figures(
        directed_score(graphs.graph, ~is_real),
        (interval.low, interval.high),
        directed_score(graphs.graph, is_real),
        judged.accuracy,
    )
    surer = np.where(is_real, _shares(more, ~is_real), _shares(more, is_real))
    return figures, UnitShares(_shares(graphs.graph, is_real)[~is_real], surer)


def _shares(graph: NeighborGraph, is_other: BoolArray) -> Float64Array:
    return other_side_shares(graph, is_other) / expected_shares(is_other)


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
    return directed_score(_graphs(points, settings, settings.k).graph, ~points.unit_is_real)


def _graphs(points: Pool, settings: ScoreSettings, k: int) -> PoolGraphs:
    k = min(k, len(points.unit_is_real) - 1)
    if points.groups is not None:
        return grouped_graphs(points, k, seed=settings.seed, search=settings.search)
    width = max(search_width(k, len(points.vectors)), k)
    neighbors = settings.search.self_knn(points.vectors, width)
    return graphs_of(neighbors, points.is_real, k)
