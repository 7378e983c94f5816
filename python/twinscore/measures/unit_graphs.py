"""Correlated images: one random member of each group at a time, repeated and averaged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.graph.left_out import LeftOut, labels_and_chance, leave_out
from twinscore.graph.neighbor_graph import NeighborGraph, graph_of, mean_graph
from twinscore.graph.score import directed_score
from twinscore.graph.surroundings import Surroundings, neighborhood_size, surroundings_of
from twinscore.measures.unit_lists import UnitLists
from twinscore.neighbors.settings import EXACT, SearchSettings

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray, IdArray
    from twinscore.base.progress import ProgressCallback
    from twinscore.graph.pool import Pool
    from twinscore.neighbors.records import Neighbors

FEWEST_DRAWS = 10
MOST_DRAWS = 100
EFFORT = 4
"""Draws are added until they cost about this many searches of the whole pool."""

ALIKE = 0.1

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
        The score without each unit.
    one_draw
        The k nearest units and the surroundings in one draw, where the groups of one side are
        larger: averaging smooths these alone, so that only labels of one draw are exchangeable.
        None: they are in the averages.
    """

    graph: NeighborGraph
    surroundings: Surroundings
    profile: dict[int, tuple[float, float]]
    left_out: LeftOut
    one_draw: tuple[NeighborGraph, NeighborGraph] | None = None

    @property
    def exchangeable(self) -> NeighborGraph:
        """The k nearest units of each, in a graph that chance may relabel."""
        return self.graph if self.one_draw is None else self.one_draw[0]

    @property
    def exchangeable_surroundings(self) -> NeighborGraph:
        """The same for the neighbors of the surroundings."""
        return self.surroundings.graph if self.one_draw is None else self.one_draw[1]


DrawReader = Callable[[UnitLists], None]
"""What is told of each draw of one member per group."""


@dataclass(frozen=True, slots=True)
class DrawReading:
    """What else the draws are read for.

    Attributes
    ----------
    width
        Neighbors it asks for.
    reader
        Called with each draw.
    """

    width: int = 0
    reader: DrawReader | None = None


UNREAD = DrawReading()


def search_width(k: int, units: int) -> int:
    """Return how many neighbors to search for: k, the next, and those of the profile."""
    return min(max(k + 1, *PROFILE), units - 1)


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
        _leave_out(neighbors, labels_and_chance(is_real), k),
    )


def grouped_graphs(
    pool: Pool,
    k: int,
    *,
    seed: int,
    search: SearchSettings = EXACT,
    reading: DrawReading = UNREAD,
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
    reading
        What else reads the draws.
    progress
        Called with (draws done, draws).
    """
    is_real = pool.unit_is_real
    units = len(is_real)
    width = search_width(k, units)
    nearby = min(neighborhood_size(_smallest(is_real)), width)
    random = np.random.default_rng(seed)
    draws = draw_count(len(pool.vectors), units)
    graphs, near_graphs, profiles = [], [], []
    labels = labels_and_chance(is_real)
    left_out = np.zeros(labels.shape)
    for draw in range(draws):
        rows = pool.draw(random)
        lists = search.self_knn(pool.vectors[rows], max(width, reading.width))
        if reading.reader is not None:
            reading.reader(UnitLists(rows, lists))
        neighbors = lists.first(width)
        graphs.append(graph_of(neighbors, k))
        profiles.append(_profile(neighbors, is_real, k))
        left_out += _leave_out(neighbors, labels, k).scores / draws
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
    alike = sides_grouped_alike(np.bincount(pool.units), is_real)
    one_draw = None if alike else (graphs[0], near_graphs[0])
    return PoolGraphs(
        mean_graph(graphs), surroundings, profile, LeftOut(labels, left_out), one_draw
    )


def sides_grouped_alike(sizes: IdArray, is_real: BoolArray) -> bool:
    """Whether averaging over draws smooths the groups of both sides about as much.

    It leaves of a group's variance one part in as many as it has members.

    Parameters
    ----------
    sizes, is_real
        Shape (u,): members and side of each group.
    """
    left = 1.0 / sizes
    return bool(abs(left[is_real].mean() - left[~is_real].mean()) < ALIKE)


def draw_count(points: int, groups: int) -> int:
    """Return how many draws to average: one where every group is a single point."""
    if points == groups:
        return 1
    affordable = EFFORT * (points / groups) ** 2
    return int(np.clip(affordable, FEWEST_DRAWS, MOST_DRAWS))


def _leave_out(neighbors: Neighbors, labels: BoolArray, k: int) -> LeftOut:
    wider = graph_of(neighbors, k + 1) if neighbors.distances.shape[1] > k else None
    return leave_out(graph_of(neighbors, k), wider, labels)


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
