"""How few points a sample of the others is near to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twinscore.graph.hubness import labels_of_hubs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from twinscore.graph.neighbor_graph import NeighborGraph


def shared_neighbors(graphs: Iterable[NeighborGraph], points: int) -> float:
    """Return how often two points of a sample have the same neighbor.

    One over it is the number of equal neighbors in effect, as "effective" of `hubness`. A point
    shares all with itself, which is left out: it would be the more, the smaller the sample.

    Parameters
    ----------
    graphs
        Of disjoint parts of the sample, to neighbors among all points of the pool.
    points
        Of the pool.

    Returns
    -------
    0 where there are fewer than two.
    """
    in_weights, own, total, sampled = np.zeros(points), 0.0, 0.0, 0
    for graph in graphs:
        in_weights += np.bincount(graph.targets, graph.weights, minlength=points)
        own += float(np.square(graph.weights).sum())
        total += float(graph.k * len(graph))
        sampled += len(graph)
    if sampled < 2:
        return 0.0
    pairs = total * total * (1.0 - 1.0 / sampled)
    return max(float(np.square(in_weights).sum()) - own, 0.0) / pairs


def labels_of_sampled_hubs(shared: float, real: int, synthetic: int) -> float | None:
    """Return how many labels of the smaller side decide the score, where so few do for their hubs.

    Parameters
    ----------
    shared
        As `shared_neighbors` tells it.
    real, synthetic
        Points of the sides.

    Returns
    -------
    None where enough do, or where the side is small and not its hubs large.
    """
    if shared == 0.0:
        return None
    points, effective = real + synthetic, 1.0 / shared
    uneven = {"effective": effective, "effective_share": effective / points}
    return labels_of_hubs(uneven, real / points)
