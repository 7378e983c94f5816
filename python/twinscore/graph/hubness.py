"""How unevenly points are chosen as neighbors (Radovanovic et al. 2010)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from twinscore.graph.neighbor_graph import NeighborGraph


def hubness(graph: NeighborGraph) -> dict[str, float]:
    """Return variance and maximum of the in-degree, and how few points are near to others.

    "orphans" is the share of points nobody is near to, "effective" the number of equal neighbors
    whose labels would move the score as much: squared sum of in-degrees over the sum of squares.
    """
    in_weights = graph.in_weights
    return {
        "variance": float(in_weights.var()),
        "maximum": float(in_weights.max()),
        "effective": float(in_weights.sum() ** 2 / np.square(in_weights).sum()),
        "orphans": float((in_weights == 0.0).mean()),
    }
