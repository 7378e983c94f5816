"""What kind of points lie around each point: averages over near neighbors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from twinscore.base.arrays import Float64Array
    from twinscore.graph.neighbor_graph import NeighborGraph

MOST_NEIGHBORS = 10
FEWEST_NEIGHBORS = 2
POINTS_PER_NEIGHBOR = 4
"""A neighborhood must stay a small part of the smaller side."""

STEPS = 2
PROBES = 8
POINTS_AT_ONCE = 65_536
"""Averaged at a time: of their arcs, copies are held."""


def neighborhood_size(smallest: int) -> int:
    """Return how many neighbors make a neighborhood when the smaller side has so many points."""
    return min(max(smallest // POINTS_PER_NEIGHBOR, FEWEST_NEIGHBORS), MOST_NEIGHBORS)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Averages over each point, its neighbors and theirs.

    Attributes
    ----------
    graph
        Who is near whom, in which the places of one row share `graph.k`.
    noise
        Mean sum of squared weights in such an average: one over the number of points that an
        average rests on, and the share of a variance that it hides.
    """

    graph: NeighborGraph
    noise: float

    def mean(self, values: Float64Array) -> Float64Array:
        """Average values, shape (n,), around each point."""
        offsets, points = self.graph.offsets, len(self.graph)
        for _ in range(STEPS):
            around = np.empty(points)
            for start in range(0, points, POINTS_AT_ONCE):
                stop = min(start + POINTS_AT_ONCE, points)
                arcs = slice(offsets[start], offsets[stop])
                weighted = self.graph.weights[arcs] * values[self.graph.targets[arcs]]
                around[start:stop] = np.add.reduceat(weighted, offsets[start:stop] - arcs.start)
            values = (values + around) / (1.0 + self.graph.k)
        return values

    def covariance(
        self, first: Float64Array, second: Float64Array, means: tuple[Float64Array, Float64Array]
    ) -> Float64Array:
        """Covariance around each point of values whose means around each point are given."""
        raw = self.mean(first * second) - means[0] * means[1]
        return np.asarray(raw / (1.0 - self.noise), dtype=np.float64)


def surroundings_of(graph: NeighborGraph) -> Surroundings:
    """Measure how many points the averages over a graph rest on.

    The mean square of averaged random signs is the mean sum of squared weights (Hutchinson 1989).

    Parameters
    ----------
    graph
        With the neighbors that make a neighborhood, every point having at least one.
    """
    random = np.random.default_rng(0)
    blind = Surroundings(graph, 0.0)
    squares = [
        np.mean(np.square(blind.mean(random.choice([-1.0, 1.0], len(graph)))))
        for _ in range(PROBES)
    ]
    return Surroundings(graph, float(np.mean(squares)))
