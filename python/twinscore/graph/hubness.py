"""How unevenly points are chosen as neighbors (Radovanovic et al. 2010)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twinscore.graph.neighbor_graph import NeighborGraph


def hubness(graph: NeighborGraph) -> dict[str, float]:
    """Return variance and maximum of the in-degree, and the share of points nobody is near to."""
    in_weights = graph.in_weights
    return {
        "variance": float(in_weights.var()),
        "maximum": float(in_weights.max()),
        "orphans": float((in_weights == 0.0).mean()),
    }
