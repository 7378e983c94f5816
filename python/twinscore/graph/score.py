"""The score and its relatives: pure functions of (graph, labels, groups).

Sources: Schilling 1986 and Henze 1988 (nearest-neighbor two-sample tests), Berisha and Hero 2015
(the limit of the score: one minus the Henze-Penrose divergence).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray, Float64Array, IdArray
    from twinscore.graph.neighbor_graph import NeighborGraph


def other_side_shares(graph: NeighborGraph, is_other: BoolArray) -> Float64Array:
    """Share of each point's neighbors that lie on the other side.

    Parameters
    ----------
    graph
        Over n points.
    is_other
        Shape (n,): the points that count as "other".

    Returns
    -------
    Shape (n,), float64 in [0, 1].
    """
    sources, parts = graph.sources, graph.weights * is_other[graph.targets]
    # Summed by size: the share must not depend on the order in which points are numbered.
    order = np.lexsort((parts, sources))
    return np.bincount(sources[order], parts[order], minlength=len(graph)) / graph.k


def expected_shares(is_other: BoolArray, groups: IdArray | None = None) -> Float64Array:
    """Share of the other side among each point's eligible candidates: R_i / M_i.

    Parameters
    ----------
    is_other
        Shape (n,): the points that count as "other".
    groups
        Shape (n,), 0 .. g-1: candidates of the own group are not eligible. None: only the point
        itself is not.

    Returns
    -------
    Shape (n,), float64 in [0, 1].
    """
    points = len(is_other)
    if groups is None:
        groups = np.arange(points)
    own_others = np.bincount(groups, is_other)[groups]
    own_size = np.bincount(groups)[groups]
    return np.asarray((is_other.sum() - own_others) / (points - own_size), dtype=np.float64)


def directed_score(
    graph: NeighborGraph, from_points: BoolArray, groups: IdArray | None = None
) -> float:
    """Observed over expected share of the other side among the neighbors of `from_points`.

    With ``from_points = ~is_real`` this is the Indistinguishability Score
    S = sum X_i / sum (R_i / M_i); with ``from_points = is_real`` it is the reverse score.
    0: no neighbor from the other side. 1: perfectly mixed. Never clipped.

    Parameters
    ----------
    graph
        Built without looking at labels.
    from_points
        Shape (n,): the queries; all other points are "the other side".
    groups
        Those that the graph was built with.
    """
    is_other = ~from_points
    # Exact sums: the score must not depend on the order of the points.
    observed = math.fsum(other_side_shares(graph, is_other)[from_points])
    expected = math.fsum(expected_shares(is_other, groups)[from_points])
    return observed / expected


def overlap(score: float, real_fraction: float, variance: float = 0.0) -> float:
    """Make the score independent of the real:synthetic ratio: p S / (1 - q S), less its bias.

    If a share a of the synthetic images is drawn like the real ones and the rest is foreign, then
    S = a / (p + q a), and p S / (1 - q S) is a. That curve bends upwards: where chance moves S by
    a variance V, the mean lies above a by half of curvature times V, the part
    q V / (S (1 - q S)^2) of a, that is divided out. At p = 1/2, with X the share of real ones among
    m independent neighbors, what is left is X / (1 - X + 1/m), whose mean is a but for the
    factor 1 - E[X]^m.

    Parameters
    ----------
    score
        S at the real fraction p.
    real_fraction
        p = n_real / (n_real + n_synthetic).
    variance
        V, of the score. 0: what is computed is p S / (1 - q S), and so it is below p = 1/2, where
        the curve has its pole at 1 / q within reach of chance, and two orders say nothing.

    Returns
    -------
    In [0, 1] for scores in [0, 1], never above p S / (1 - q S). That is above 1 for scores above
    1, and infinite from S = 1 / q on.

    Notes
    -----
    Beyond S = 1, where no share of images is meant any more, the part is that at 1.
    """
    synthetic_fraction = 1.0 - real_fraction
    remainder = 1.0 - synthetic_fraction * score
    if remainder <= 0.0:
        return math.inf
    plain = real_fraction * score / remainder
    if plain <= 0.0 or variance <= 0.0 or real_fraction < 0.5:
        return plain
    common = min(score, 1.0)
    part = synthetic_fraction * variance / (common * (1.0 - synthetic_fraction * common) ** 2)
    return plain / (1.0 + part)


def score_at(share: float, real_fraction: float) -> float:
    """Turn an overlap a into the score at the real fraction p, a / (p + q a): undoes `overlap`."""
    if math.isinf(share):
        return 1.0 / (1.0 - real_fraction) if real_fraction < 1.0 else math.inf
    return share / (real_fraction + (1.0 - real_fraction) * share)


def bayes_error(balanced_score: float) -> tuple[float, float]:
    """Bounds of the error of the best judge of single images at equal sides.

    With S the score at p = 1/2: from (1 - sqrt(1 - S)) / 2 to S / 2 (Berisha and Hero 2015). 0.5
    is guessing.
    """
    score = min(max(balanced_score, 0.0), 1.0)
    return (1.0 - (1.0 - score) ** 0.5) / 2.0, score / 2.0
