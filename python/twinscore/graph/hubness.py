"""How unevenly points are chosen as neighbors (Radovanovic et al. 2010)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from twinscore.graph.neighbor_graph import NeighborGraph


FEWEST_LABELS = 4.0
"""Labels of neighbors, in effect, on the smaller side: fewer, and no variance can be told."""

SHARE_OF_HUBS = 0.1
"""Share of the points that are neighbors in effect: from here on it is not hubs that decide."""


def effective_labels(uneven: Mapping[str, float], real_fraction: float) -> float:
    """Return how many labels of neighbors the smaller side has, in effect; see `labels_of_hubs`."""
    return uneven["effective"] * min(real_fraction, 1.0 - real_fraction)


def labels_of_hubs(uneven: Mapping[str, float], real_fraction: float) -> float | None:
    """Return how many labels of the smaller side decide the score, where so few do for their hubs.

    Parameters
    ----------
    uneven
        As `hubness` tells it.
    real_fraction
        Of the points.

    Returns
    -------
    None where enough do, or where the side is small and not its hubs large.
    """
    labels = effective_labels(uneven, real_fraction)
    decide = labels < FEWEST_LABELS and uneven["effective_share"] < SHARE_OF_HUBS
    return labels if decide else None


def hubness(graph: NeighborGraph) -> dict[str, float]:
    """Return variance and maximum of the in-degree, and how few points are near to others.

    "orphans" is the share of points nobody is near to, "effective" the number of equal neighbors
    whose labels would move the score as much: squared sum of in-degrees over the sum of squares,
    and "effective_share" its share of the points.
    """
    in_weights = graph.in_weights
    effective = float(in_weights.sum() ** 2 / np.square(in_weights).sum())
    return {
        "variance": float(in_weights.var()),
        "maximum": float(in_weights.max()),
        "effective": effective,
        "effective_share": effective / len(graph),
        "orphans": float((in_weights == 0.0).mean()),
    }
