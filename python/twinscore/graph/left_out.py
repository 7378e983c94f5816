"""The score without each point in turn, and the variance that follows (Efron and Stein 1981)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray, Float64Array
    from twinscore.graph.neighbor_graph import NeighborGraph

MOST_LABELLINGS = 20
UNITS_LABELLED = 20_000
"""Units relabelled by chance in all, where fewer than `MOST_LABELLINGS` hold as many."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Scores of a pool without each unit in turn, as it is and with sides dealt out by chance.

    Attributes
    ----------
    labels
        Shape (1 + b, n): which units are real, first as it is and then b times by chance.
    scores
        Shape (1 + b, n): with such labels, the score without each unit.
    """

    labels: BoolArray
    scores: Float64Array

    @property
    def variance(self) -> float:
        """Of the score, by the jackknife."""
        return jackknife_variance(self.scores[0], self.labels[0])


def labels_and_chance(is_real: BoolArray) -> BoolArray:
    """Return labels as they are, and relabelled: at every call alike."""
    count = int(np.clip(UNITS_LABELLED // len(is_real), 1, MOST_LABELLINGS))
    random = np.random.default_rng(0)
    return np.stack([is_real, *(random.permutation(is_real) for _ in range(count))])


def leave_out(graph: NeighborGraph, wider: NeighborGraph | None, labels: BoolArray) -> LeftOut:
    """Score a pool without each unit in turn, once for each row of labels.

    Parameters
    ----------
    graph, wider
        See `scores_left_out`.
    labels
        As `labels_and_chance` tells them.
    """
    return LeftOut(labels, np.stack([scores_left_out(graph, wider, row) for row in labels]))


def scores_left_out(
    graph: NeighborGraph, wider: NeighborGraph | None, is_real: BoolArray
) -> Float64Array:
    """Score the pool without each unit in turn: who had it as a neighbor takes the next nearest.

    Parameters
    ----------
    graph
        Of k neighbors.
    wider
        Of k + 1 neighbors of the same points. None: the place stays empty.
    is_real
        Shape (n,).

    Returns
    -------
    Shape (n,), float64.
    """
    units, queries = len(graph), ~is_real
    hits = _real_weights(graph, is_real)
    following = np.zeros(units) if wider is None else _real_weights(wider, is_real) - hits
    sources = graph.sources
    lost = graph.weights * (is_real[graph.targets] - following[sources]) * queries[sources]
    hits *= queries
    lost_by = hits + np.bincount(graph.targets, lost, minlength=units)
    n_real = float(np.count_nonzero(is_real))
    n_synthetic = units - n_real
    expected = np.where(is_real, n_synthetic * (n_real - 1.0), (n_synthetic - 1.0) * n_real) / (
        units - 2
    )
    return np.asarray((hits.sum() - lost_by) / (graph.k * expected), dtype=np.float64)


def jackknife_variance(left_out: Float64Array, is_real: BoolArray) -> float:
    """Variance of the score over units drawn anew, each side apart; too large rather than small."""
    variance = 0.0
    for side in (is_real, ~is_real):
        scores = left_out[side]
        variance += float(np.square(scores - scores.mean()).sum()) * (len(scores) - 1) / len(scores)
    return variance


def _real_weights(graph: NeighborGraph, is_real: BoolArray) -> Float64Array:
    weights = np.add.reduceat(graph.weights * is_real[graph.targets], graph.offsets[:-1])
    return np.asarray(weights, dtype=np.float64)
