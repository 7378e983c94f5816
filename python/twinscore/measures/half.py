"""The score at half the images: how far it still moves with their number."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from twinscore.graph.neighbor_graph import graph_of
from twinscore.graph.score import directed_score
from twinscore.neighbors.part_of_pool import self_knn_of_part
from twinscore.neighbors.settings import EXACT, SearchSettings

if TYPE_CHECKING:
    from twinscore.graph.pool import Pool
    from twinscore.neighbors.records import Neighbors

HALVES = 4
"""Two splits, both halves of each; to search all four costs as much as to search the whole pool."""

ENOUGH = 40_000
"""Units that halves hold in all: with so many, fewer halves do."""

FEWEST = 4
"""Units of the smaller side that can be halved."""


def half_score(
    pool: Pool,
    k: int,
    *,
    seed: int,
    lists: Neighbors | None = None,
    search: SearchSettings = EXACT,
) -> float | None:
    """Average score of random halves, each with half the units of either side.

    Where sides differ smoothly, neighbors lie farther away among fewer images and the score is
    nearer to 1; by how much the score falls from half to whole tells how far it is from its limit.

    Parameters
    ----------
    pool
        Both sides.
    k
        Neighbors per unit; fewer where a half has no more.
    seed
        Of the halves.
    lists
        What a search of the pool has found, where it has no groups; else None.
    search
        Backend and threads.

    Returns
    -------
    None where a side has fewer than four units.
    """
    random = np.random.default_rng(seed)
    sizes = [int(np.count_nonzero(pool.unit_is_real == side)) // 2 for side in (True, False)]
    if 2 * min(sizes) < FEWEST:
        return None
    scores: list[float] = []
    wanted = min(HALVES, math.ceil(ENOUGH / sum(sizes)))
    while len(scores) < wanted:
        rows = pool.draw(random)
        sides = [random.permutation(rows[pool.is_real[rows] == side]) for side in (True, False)]
        for part in range(min(2, wanted - len(scores))):
            chosen = [
                side[part * size : (part + 1) * size]
                for side, size in zip(sides, sizes, strict=True)
            ]
            is_real = np.arange(sum(sizes)) < sizes[0]
            neighbors = self_knn_of_part(
                pool.vectors,
                np.concatenate(chosen),
                min(k, sum(sizes) - 1),
                lists=lists,
                search=search,
            )
            scores.append(directed_score(graph_of(neighbors), ~is_real))
    return float(np.mean(scores))
