"""What chance alone would do: the null distribution of the score with the graph held fixed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore._core import permuted_scores as core_permuted_scores
from twinscore.base.constants import TIE_TOLERANCE, Z_95

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray, Float64Array, IdArray
    from twinscore.base.progress import ProgressCallback
    from twinscore.graph.neighbor_graph import NeighborGraph


@dataclass(frozen=True, slots=True)
class NullMoments:
    """Mean and variance of the score when labels are exchangeable."""

    mean: float
    variance: float

    @property
    def interval(self) -> tuple[float, float]:
        """The range that holds about 95 % of the scores of perfectly mixed sides."""
        half = Z_95 * math.sqrt(self.variance)
        return self.mean - half, self.mean + half

    def z(self, score: float) -> float:
        """Return how many standard deviations the score lies from its mean; NaN without spread."""
        if self.variance == 0.0:
            return math.nan
        return (score - self.mean) / math.sqrt(self.variance)


def null_moments(graph: NeighborGraph, from_count: int) -> NullMoments:
    """Exact moments of the score over all relabellings of the points.

    T is the weight of all arcs that lead from one of ``from_count`` random points to one of the
    others. E[T^2] is a sum over pairs of arcs, by what they share: the arc itself, the source, the
    target, nothing, or the target of one and the source of the other, which cannot both count.

    Parameters
    ----------
    graph
        Built without looking at labels, without groups (or with groups as its points).
    from_count
        Number of queries: n_synthetic for the score, n_real for the reverse score.

    Notes
    -----
    Schilling 1986 and Henze 1988, with arc weights in the place of counts.
    """
    points = len(graph)
    to_count = points - from_count
    weight = graph.k * points
    same_arc = float(np.square(graph.weights).sum())
    same_source = graph.k * graph.k * points - same_arc
    same_target = float(np.square(graph.in_weights).sum()) - same_arc
    chained = 2.0 * graph.k * weight - float((graph.weights * graph.reverse_weights).sum())
    disjoint = weight * weight - same_arc - same_source - same_target - chained

    mean = weight * _probability(points, from_count, 1, to_count, 1)
    second_moment = (
        same_arc * _probability(points, from_count, 1, to_count, 1)
        + same_source * _probability(points, from_count, 1, to_count, 2)
        + same_target * _probability(points, from_count, 2, to_count, 1)
        + disjoint * _probability(points, from_count, 2, to_count, 2)
    )
    variance = max(0.0, second_moment - mean * mean) / (mean * mean)
    return NullMoments(1.0, variance)


def _probability(points: int, first: int, from_first: int, second: int, from_second: int) -> float:
    """Probability that given distinct points fall on given sides."""
    drawn = from_first + from_second
    if drawn > points:
        return 0.0
    ways = math.perm(first, from_first) * math.perm(second, from_second)
    return ways / math.perm(points, drawn)


def permuted_scores(
    graph: NeighborGraph,
    is_real: BoolArray,
    groups: IdArray | None = None,
    *,
    permutations: int = 9_999,
    seed: int = 0,
    threads: int | None = None,
    progress: ProgressCallback | None = None,
) -> Float64Array:
    """Score random relabellings of the graph; whole groups trade places.

    Parameters
    ----------
    graph
        Built with the same groups.
    is_real
        Shape (n,).
    groups
        Shape (n,), 0 .. g-1, each group on one side; None when each point is its own group.
    permutations
        Number of relabellings.
    seed
        The scores depend on it and on nothing else but the data.
    threads
        None for all that the process may use.
    progress
        Called now and then with (done, total).

    Returns
    -------
    Shape (permutations,), float64.
    """
    points = len(graph)
    if groups is None:
        groups = np.arange(points, dtype=np.int64)
    synthetic_groups = np.zeros(int(groups.max()) + 1, dtype=np.uint8)
    synthetic_groups[groups[~is_real]] = 1
    if synthetic_groups[groups[is_real]].any():
        raise ValueError("expected each group on one side, got a group with real and synthetic")
    return core_permuted_scores(
        graph.offsets,
        graph.targets,
        graph.weights,
        groups,
        synthetic_groups,
        permutations,
        seed,
        threads or 0,
        progress,
    )


def lower_p_value(score: float, null_scores: Float64Array) -> float:
    """Return how often chance alone gives a score this low: (1 + #{S_b <= S}) / (B + 1)."""
    # The sums of S_b and S may differ in their last bits where the scores are equal.
    as_low = int(np.count_nonzero(null_scores <= score * (1.0 + TIE_TOLERANCE)))
    return (1 + as_low) / (1 + len(null_scores))
