"""How sure the score is: its variance from one graph, and the interval made of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.base.constants import Z_95
from twinscore.graph.counted_once import counted_once_variance
from twinscore.graph.hubness import effective_labels, hubness
from twinscore.graph.score import expected_shares, other_side_shares

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray, Float64Array, IdArray
    from twinscore.graph.left_out import LeftOut
    from twinscore.graph.neighbor_graph import NeighborGraph
    from twinscore.graph.surroundings import Surroundings

FEW = 10
"""Points of the smaller side, or their labels, at which an estimated variance is half believed."""

JACKKNIFE_LEAST = 0.45
"""Share of the jackknife's variance that the score has at least."""

MARGIN = 1.1
"""Of the lower of two estimates of a variance, which is too low on average."""


@dataclass(frozen=True, slots=True)
class ScoreInterval:
    """A 95 % interval of a score.

    Attributes
    ----------
    low, high
        Ends of the interval, not below 0.
    effective_size
        Number of queries that would make an interval as wide if they were independent.
    variance
        Of the score.
    """

    low: float
    high: float
    effective_size: float
    variance: float


def score_interval(
    graph: NeighborGraph,
    surroundings: Surroundings,
    from_points: BoolArray,
    queries: BoolArray | None = None,
    *,
    left_out: LeftOut | None = None,
) -> ScoreInterval:
    """Interval of the score of `from_points`, or of some of them, over pools drawn anew.

    What it holds is the mean of the score over pools of this size at this k; the limit at
    endlessly many images is another number, where the sides differ smoothly.

    Wilson's interval of the observed share, at the number of independent queries that would
    have the variance of `mean_share_variance`, with Student's quantile for the smaller side.

    Parameters
    ----------
    graph
        That the score is read from, without groups (or with groups as its points).
    surroundings
        Of the same points.
    from_points
        Shape (n,): the side the queries belong to; the others count as "the other side".
    queries
        Shape (n,), a part of `from_points`: those that are scored. None: all.
    left_out
        The score of all of `from_points` without each point. The jackknife's variance
        is too large on average, by up to twice and a little more: `JACKKNIFE_LEAST` of it is
        believed at least, which mends smooth differences of spread. A variance further than
        `MARGIN` above that of `counted_once_variance` comes down to there, the less the fewer
        labels decide, which mends smooth differences of place.

    Notes
    -----
    Wilson 1927; Korn and Graubard 1998 for an effective size and Student's quantile in it.
    """
    queries = from_points if queries is None else queries
    is_other = ~from_points
    count = int(np.count_nonzero(queries))
    smallest = min(count, int(np.count_nonzero(is_other)))
    share = float(other_side_shares(graph, is_other)[queries].mean())
    kinds = queries.astype(np.int64) + from_points
    variance = mean_share_variance(graph, surroundings, queries / count, is_other, kinds)
    expected = float(expected_shares(is_other)[queries].mean())
    if left_out is not None:
        variance = max(variance, JACKKNIFE_LEAST * left_out.variance * expected**2)
        counted = counted_once_variance(graph, surroundings, left_out) * expected**2 * MARGIN
        if 0.0 < counted < variance:
            labels = effective_labels(hubness(graph), float(is_other.mean()))
            variance *= (counted / variance) ** (labels**2 / (labels**2 + FEW**2))
    common = min(share / expected, 1.0)
    if common < 1.0:
        rare = rare_hits_variance(graph, queries, is_other)
        variance = min(variance, rare / (1.0 - common) ** 2)
    size = effective_size(share, variance, count, smallest)
    return interval_of(share, size, expected=expected, smallest=smallest)


def interval_of(share: float, size: float, *, expected: float, smallest: int) -> ScoreInterval:
    """Turn a share seen in `size` independent trials into an interval of the score.

    Parameters
    ----------
    share
        Of neighbors on the other side.
    size
        Effective number of queries.
    expected
        The share if the sides were mixed.
    smallest
        Points of the smaller of the two sets compared.
    """
    low, high = wilson_interval(share, size, student_quantile(max(smallest - 1, 1)))
    variance = share * (1.0 - share) / size / expected**2
    return ScoreInterval(low / expected, high / expected, size, variance)


def effective_size(share: float, variance: float, count: float, smallest: int) -> float:
    """Return how many independent trials have this variance.

    A variance below that of independent queries is believed by the share that `smallest`
    has of `smallest` and `FEW`. Shares of 0 and 1, which show no variance, count as
    independent: rare hits lie far apart.
    """
    binomial = share * (1.0 - share)
    if binomial <= 0.0 or variance <= 0.0:
        return float(count)
    independent = binomial / count
    if variance < independent:
        belief = smallest / (smallest + FEW)
        variance = belief * variance + (1.0 - belief) * independent
    return binomial / variance


def wilson_interval(share: float, size: float, z: float = Z_95) -> tuple[float, float]:
    """Invert the score test of a share seen in `size` independent trials (Wilson 1927)."""
    squared = z * z / size
    middle = share + squared / 2.0
    half = z * math.sqrt(max(share * (1.0 - share), 0.0) / size + squared / (4.0 * size))
    # Within the limits whatever is rounded: a share of 0 begins its interval.
    return (
        max(min((middle - half) / (1.0 + squared), share), 0.0),
        min(max((middle + half) / (1.0 + squared), share), 1.0),
    )


def student_quantile(freedom: int) -> float:
    """Half-width of the central 95 % of Student's t (Abramowitz and Stegun 26.7.5)."""
    z = Z_95
    first = (z**3 + z) / 4.0
    second = (5.0 * z**5 + 16.0 * z**3 + 3.0 * z) / 96.0
    third = (3.0 * z**7 + 19.0 * z**5 + 17.0 * z**3 - 15.0 * z) / 384.0
    return z + first / freedom + second / freedom**2 + third / freedom**3


def rare_hits_variance(graph: NeighborGraph, queries: BoolArray, is_other: BoolArray) -> float:
    """Variance of the mean share if hits were rare and independent but for a shared end.

    Sums of squares by target and by query, less what both count (two-way clusters, Cameron,
    Gelbach and Miller 2011): the truth near a score of 0. Which side a hub is on, what moves
    higher scores, is not in it.

    Parameters
    ----------
    graph
        That shares are read from.
    queries, is_other
        Shape (n,): those who are asked, and what counts as a hit.
    """
    points = len(graph)
    hits = graph.weights * (queries[graph.sources] & is_other[graph.targets])
    by_target = np.bincount(graph.targets, hits, minlength=points)
    by_query = np.bincount(graph.sources, hits, minlength=points)
    squares = np.square(by_target).sum() + np.square(by_query).sum() - np.square(hits).sum()
    return float(squares) / (graph.k * np.count_nonzero(queries)) ** 2


def mean_share_variance(
    graph: NeighborGraph,
    surroundings: Surroundings,
    marks: Float64Array,
    is_other: BoolArray,
    kinds: IdArray,
) -> float:
    """Variance of the sum over points of mark times share of neighbors on the other side.

    Over pools of as many points of each kind, drawn anew. Around a point, labels are as good as
    independent draws, so that given the places T is a quadratic form of independent labels, whose
    variance is closed. What the places add is the variance of its expectation. Both
    are taken of T minus, for each point, what one more point of its kind adds to the expectation
    of T: that turns the variance at random counts into the one at fixed counts
    (the same step as in Penrose and Yukich 2001).

    With A the marks, Y the other side, w the arcs (rows summing to 1), E and C expectation and
    covariance around a point, a = E[A], y = E[Y], D the addition of a point's kind:

        V = sum_j C_j[A (w y)_j + Y (a w)_j - D]
            + sum_ij w_ij^2 C_i[A, A] C_j[Y, Y] + sum_ij w_ij w_ji C_i[A, Y] C_j[A, Y]
            + sum_i (a_i (w y)_i - E_i[D])^2

    where C_j[Z] is the covariance of Z with itself.

    Parameters
    ----------
    graph
        That shares are read from.
    surroundings
        Of the same points.
    marks
        Shape (n,): weight of each query, zero where `is_other`.
    is_other
        Shape (n,).
    kinds
        Shape (n,), 0 .. m-1: kinds of points whose numbers are fixed; a kind lies on one side.

    Returns
    -------
    The variance; not negative.
    """
    around, arcs = surroundings.mean, graph.weights / graph.k
    other = is_other.astype(np.float64)
    mark_mean, other_mean = around(marks), around(other)

    gains = np.where(is_other, mark_mean * (1.0 - other_mean), other_mean * (marks - mark_mean))
    kind_gains = np.bincount(kinds, gains) / np.maximum(np.bincount(kinds), 1)
    added = kind_gains[kinds]
    added_mean = around(added)

    outward = np.add.reduceat(arcs * other_mean[graph.targets], graph.offsets[:-1])
    sources = graph.sources
    inward = np.bincount(graph.targets, arcs * mark_mean[sources], minlength=len(graph))

    def covariance(
        first: Float64Array, first_mean: Float64Array, second: Float64Array, mean: Float64Array
    ) -> Float64Array:
        return surroundings.covariance(first, second, (first_mean, mean))

    mark_mark = covariance(marks, mark_mean, marks, mark_mean)
    other_other = covariance(other, other_mean, other, other_mean)
    mark_other = covariance(marks, mark_mean, other, other_mean)
    mark_added = covariance(marks, mark_mean, added, added_mean)
    other_added = covariance(other, other_mean, added, added_mean)
    added_added = covariance(added, added_mean, added, added_mean)

    linear = (
        outward**2 * mark_mark
        + inward**2 * other_other
        + added_added
        + 2.0 * outward * inward * mark_other
        - 2.0 * outward * mark_added
        - 2.0 * inward * other_added
    ).sum()
    forward = (np.square(arcs) * mark_mark[sources] * other_other[graph.targets]).sum()
    back = graph.reverse_weights / graph.k
    mutual = (arcs * back * mark_other[sources] * mark_other[graph.targets]).sum()
    places = np.square(mark_mean * outward - added_mean).sum()
    return max(float(linear + forward + mutual + places), 0.0)


def influence_variance(
    graph: NeighborGraph,
    surroundings: Surroundings,
    marks: Float64Array,
    is_other: BoolArray,
    kinds: IdArray,
) -> float:
    """Variance of the same sum by what each point adds to it; too large rather than small.

    A point adds its own share, and to those it is a neighbor of the difference that it makes
    against another point from around them: the jackknife, without a search for who comes next.

    Parameters
    ----------
    graph, surroundings, marks, is_other, kinds
        See `mean_share_variance`.
    """
    other = is_other.astype(np.float64)
    around, sources = surroundings.mean(other), graph.sources
    arcs = graph.weights / graph.k
    shares = np.bincount(sources, arcs * other[graph.targets], minlength=len(graph))
    change = marks[sources] * arcs * (other[graph.targets] - around[sources])
    added = marks * shares + np.bincount(graph.targets, change, minlength=len(graph))
    means = np.bincount(kinds, added) / np.maximum(np.bincount(kinds), 1)
    return float(np.square(added - means[kinds]).sum())
