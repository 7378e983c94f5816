"""Correlated images: one random member of each group at a time, repeated and averaged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twinscore.graph import NeighborGraph, graph_of, mean_graph
from twinscore.neighbors import self_knn

if TYPE_CHECKING:
    from twinscore.records import FloatMatrix, IdArray, ProgressCallback

FEWEST_DRAWS = 10
MOST_DRAWS = 100
EFFORT = 4
"""Draws are added until they cost about this many searches of the whole pool."""


def group_graph(
    vectors: FloatMatrix,
    groups: IdArray,
    k: int,
    *,
    seed: int,
    threads: int | None = None,
    progress: ProgressCallback | None = None,
) -> NeighborGraph:
    """Average the neighbor graphs of draws that take one random member of each group.

    Every point of the result is a group. Frames of one clip are near-copies: left in, they make
    any score fall; drawn one at a time, they count as the single sight they are.

    Parameters
    ----------
    vectors
        Shape (n, d), float32.
    groups
        Shape (n,), 0 .. g-1.
    k
        Neighbors per draw.
    seed
        Of the draws.
    threads
        None for all that the process may use.
    progress
        Called with (draws done, draws).
    """
    members = np.argsort(groups, kind="stable")
    sizes = np.bincount(groups)
    firsts = np.cumsum(sizes) - sizes
    random = np.random.default_rng(seed)
    draws = draw_count(len(groups), len(sizes))
    graphs = []
    for draw in range(draws):
        chosen = members[firsts + random.integers(sizes)]
        graphs.append(graph_of(self_knn(vectors[chosen], k, threads=threads)))
        if progress is not None:
            progress(draw + 1, draws)
    return mean_graph(graphs)


def draw_count(points: int, groups: int) -> int:
    """Return how many draws to average: one where every group is a single point."""
    if points == groups:
        return 1
    affordable = EFFORT * (points / groups) ** 2
    return int(np.clip(affordable, FEWEST_DRAWS, MOST_DRAWS))
