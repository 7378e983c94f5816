"""Both directions of the score at once: how unlikely their pair is when labels are exchangeable.

Source: Chen and Friedman 2017 (the generalised edge-count test), for directed graphs with weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.graph.chance import null_moments

if TYPE_CHECKING:
    from twinscore.base.arrays import Float64Array
    from twinscore.graph.neighbor_graph import NeighborGraph

NEGLIGIBLE = 1e-9
"""Share of a variance that is rounding."""


@dataclass(frozen=True, slots=True)
class PairMoments:
    """Variances of score and reverse score over all relabellings of a graph; both means are 1.

    Attributes
    ----------
    score, reverse
        Variance of each.
    difference
        Variance of reverse score minus score.
    """

    score: float
    reverse: float
    difference: float

    @property
    def covariance(self) -> float:
        """Covariance of score and reverse score."""
        return (self.score + self.reverse - self.difference) / 2.0

    @property
    def sum(self) -> float:
        """Variance of score plus reverse score."""
        return 2.0 * (self.score + self.reverse) - self.difference

    def distances(self, pairs: Float64Array) -> Float64Array:
        """Squared Mahalanobis distance of pairs, shape (n, 2), from (1, 1).

        A direction in which chance does not move at all counts for nothing.

        Returns
        -------
        Shape (n,), about chi-squared with two degrees of freedom.
        """
        score, reverse = pairs[:, 0] - 1.0, pairs[:, 1] - 1.0
        difference = reverse - score
        scale = self.score + self.reverse
        found = np.zeros(len(pairs))
        left, residual = self.score, score
        if self.difference > NEGLIGIBLE * scale:
            found += np.square(difference) / self.difference
            slope = (self.covariance - self.score) / self.difference
            residual = score - slope * difference
            left = self.score - slope * (self.covariance - self.score)
        if left > NEGLIGIBLE * scale:
            found += np.square(residual) / left
        return found


def pair_moments(graph: NeighborGraph, synthetic: int) -> PairMoments:
    """Exact variances of score and reverse score over all relabellings.

    Reverse minus forward arcs is the in-weight of the synthetic points less what they hand out: a
    sum over a random choice of points, whose variance is closed.

    Parameters
    ----------
    graph
        Without groups (or with groups as its points).
    synthetic
        Number of synthetic points.
    """
    points = len(graph)
    real = points - synthetic
    expected = graph.k * synthetic * real / (points - 1)
    spread = float(np.square(graph.in_weights - graph.k).sum())
    difference = synthetic * real / (points * (points - 1)) * spread / expected**2
    return PairMoments(
        null_moments(graph, synthetic).variance, null_moments(graph, real).variance, difference
    )
