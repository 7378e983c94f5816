"""Correlated images: one random member of each group at a time, repeated and averaged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.graph.neighbor_graph import NeighborGraph, graph_of, mean_graph
from twinscore.graph.score import directed_score
from twinscore.graph.surroundings import Surroundings, neighborhood_size, surroundings_of
from twinscore.neighbors.settings import EXACT, SearchSettings

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray, Float64Array
    from twinscore.base.progress import ProgressCallback
    from twinscore.graph.pool import Pool
    from twinscore.neighbors.records import Neighbors

FEWEST_DRAWS = 10
MOST_DRAWS = 100
EFFORT = 4
"""Draws are added until they cost about this many searches of the whole pool."""

PROFILE = (1, 5, 10)
"""Numbers of neighbors at which the score is reported beside the k asked for."""


@dataclass(frozen=True, slots=True)
class PoolGraphs:
    """What one or more searches of a pool say about its units (images, or groups).

    Attributes
    ----------
    graph
        The k nearest units of each unit.
    surroundings
        What lies around each unit.
    profile
        By number of neighbors: score and reverse score.
    left_out
        Shape (u,): the score without each unit.
    """

    graph: NeighborGraph
    surroundings: Surroundings
    profile: dict[int, tuple[float, float]]
    left_out: Float64Array


def search_width(k: int, units: int) -> int:
    """Return how many neighbors to search for when the k nearest are asked for."""
    return min(max(k, *PROFILE), units - 1)


def graphs_of(neighbors: Neighbors, is_real: BoolArray, k: int) -> PoolGraphs:
    """Read all graphs of a pool without groups from one search.

    Parameters
    ----------
    neighbors
        As many as `search_width` tells.
    is_real
        Shape (n,).
    k
        Neighbors of the graph.
    """
    nearby = min(neighborhood_size(_smallest(is_real)), neighbors.distances.shape[1])
    surroundings = surroundings_of(graph_of(neighbors, nearby))
    return PoolGraphs(
        graph_of(neighbors, k),
        surroundings,
        _profile(neighbors, is_real, k),
        scores_left_out(neighbors, is_real, k),
    )


def scores_left_out(neighbors: Neighbors, is_real: BoolArray, k: int) -> Float64Array:
    """Score the pool without each unit in turn: who had it as a neighbor takes the next nearest.

    Where k neighbors were searched for and no more, the place stays empty.

    Parameters
    ----------
    neighbors
        Of the whole pool, more than k.
    is_real
        Shape (n,).
    k
        Neighbors that count.

    Returns
    -------
    Shape (n,), float64.
    """
    units, searched = neighbors.distances.shape
    real, queries = is_real.astype(np.float64), ~is_real
    listed = neighbors.ids[queries, :k]
    hits = np.zeros(units)
    hits[queries] = real[listed].sum(axis=1)
    total = hits.sum()
    following = real[neighbors.ids[queries, k]] if searched > k else np.zeros(len(listed))
    lost = real[listed] - following[:, None]
    lost_by = hits + np.bincount(listed.ravel(), lost.ravel(), minlength=units)
    n_real = float(real.sum())
    n_synthetic = units - n_real
    expected = np.where(is_real, n_synthetic * (n_real - 1.0), (n_synthetic - 1.0) * n_real) / (
        units - 2
    )
    return np.asarray((total - lost_by) / (k * expected), dtype=np.float64)


def grouped_graphs(
    pool: Pool,
    k: int,
    *,
    seed: int,
    search: SearchSettings = EXACT,
    progress: ProgressCallback | None = None,
) -> PoolGraphs:
    """Average the graphs of draws that take one random member of each group.

    Every point of the result is a group. Frames of one clip are near-copies: left in, they make
    any score fall; drawn one at a time, they count as the single sight they are.

    Parameters
    ----------
    pool
        With groups.
    k
        Neighbors of the graph.
    seed
        Of the draws.
    search
        Backend and threads.
    progress
        Called with (draws done, draws).
    """
    is_real = pool.unit_is_real
    units = len(is_real)
    width = search_width(k, units)
    nearby = min(neighborhood_size(_smallest(is_real)), width)
    random = np.random.default_rng(seed)
    draws = draw_count(len(pool.vectors), units)
    graphs, near_graphs, profiles, left_out = [], [], [], np.zeros(units)
    for draw in range(draws):
        neighbors = search.self_knn(pool.vectors[pool.draw(random)], width)
        graphs.append(graph_of(neighbors, k))
        profiles.append(_profile(neighbors, is_real, k))
        left_out += scores_left_out(neighbors, is_real, k) / draws
        if draw < FEWEST_DRAWS:
            near_graphs.append(graph_of(neighbors, nearby))
        if progress is not None:
            progress(draw + 1, draws)
    profile = {
        count: (
            float(np.mean([scores[count][0] for scores in profiles])),
            float(np.mean([scores[count][1] for scores in profiles])),
        )
        for count in profiles[0]
    }
    surroundings = surroundings_of(mean_graph(near_graphs))
    return PoolGraphs(mean_graph(graphs), surroundings, profile, left_out)


def draw_count(points: int, groups: int) -> int:
    """Return how many draws to average: one where every group is a single point."""
    if points == groups:
        return 1
    affordable = EFFORT * (points / groups) ** 2
    return int(np.clip(affordable, FEWEST_DRAWS, MOST_DRAWS))


def _profile(neighbors: Neighbors, is_real: BoolArray, k: int) -> dict[int, tuple[float, float]]:
    searched = neighbors.distances.shape[1]
    counts = sorted({k, *(count for count in PROFILE if count <= searched)})
    graphs = {count: graph_of(neighbors, count) for count in counts}
    return {
        count: (directed_score(graph, ~is_real), directed_score(graph, is_real))
        for count, graph in graphs.items()
    }


def _smallest(is_real: BoolArray) -> int:
    real = int(np.count_nonzero(is_real))
    return min(real, len(is_real) - real)
