"""The jackknife's variance, each part of it counted once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twinscore.graph.chance import null_moments

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray, Float64Array
    from twinscore.graph.left_out import LeftOut
    from twinscore.graph.neighbor_graph import NeighborGraph
    from twinscore.graph.surroundings import Surroundings


def counted_once_variance(
    graph: NeighborGraph, surroundings: Surroundings, left_out: LeftOut
) -> float:
    """Variance of the score over pools drawn anew, from the scores without each unit.

    The jackknife counts what m units do together m times (Efron and Stein 1981), here one to
    three times the truth. What a unit does alone, counted once, is what the units around it on
    its side do as well: of their influences, the part that they share. The rest is divided by
    how often chance counts it. Labels dealt out on the same graph tell that, and how much
    neighbors seem to share where no unit does anything alone: there the variance is known.

    Parameters
    ----------
    graph
        That the score is read from, whose points are the units.
    surroundings
        Of the same units.
    left_out
        Scores without each unit, as it is and by chance.

    Returns
    -------
    Not negative; 0 where no unit moves the score.
    """
    observed, shared = _influence(surroundings, left_out.scores[0], left_out.labels[0])
    if observed <= 0.0:
        return 0.0
    by_chance = [
        _influence(surroundings, scores, labels)
        for scores, labels in zip(left_out.scores[1:], left_out.labels[1:], strict=True)
    ]
    expected, shared_by_chance = map(float, np.mean(by_chance, axis=0))
    known = null_moments(graph, int(np.count_nonzero(~left_out.labels[0]))).variance
    if expected <= known or expected <= shared_by_chance:
        return observed
    blind = shared_by_chance / expected
    alone = float(np.clip((shared / observed - blind) / (1.0 - blind), 0.0, 1.0))
    return observed * (alone + (1.0 - alone) * known / expected)


def _influence(
    surroundings: Surroundings, scores: Float64Array, is_real: BoolArray
) -> tuple[float, float]:
    """Sum of the squared influences of units, and of what those around them share of these."""
    near_real = surroundings.mean(is_real.astype(np.float64))
    squares, shared = 0.0, 0.0
    for side, nearby in ((is_real, near_real), (~is_real, 1.0 - near_real)):
        influence = np.where(side, scores - scores[side].mean(), 0.0)
        squares += float(np.square(influence).sum())
        around = surroundings.mean(influence)[side] / nearby[side]
        shared += float((influence[side] * around).sum())
    return squares, shared
