"""Real against real: what the score says when there is nothing to find."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.graph.chance import lower_p_value, permuted_scores
from twinscore.graph.neighbor_graph import graph_of
from twinscore.graph.score import directed_score
from twinscore.neighbors.part_of_pool import self_knn_of_part
from twinscore.neighbors.settings import EXACT, SearchSettings

if TYPE_CHECKING:
    from twinscore.graph.pool import Pool
    from twinscore.neighbors.records import Neighbors

MOST_POINTS = 20_000
BLOCKS = 20
RELABELLINGS = 999


@dataclass(frozen=True, slots=True)
class Control:
    """Scores of real images against real images.

    Attributes
    ----------
    score, spread
        Mean and standard deviation over random halves.
    blocks_score, blocks_p_value
        Blocks of the images in their order against the blocks between them, and how often random
        halves score as low: low where images beside each other in the order look alike.
    """

    score: float
    spread: float
    blocks_score: float
    blocks_p_value: float


def real_control(
    pool: Pool,
    k: int,
    *,
    seed: int,
    lists: Neighbors | None = None,
    search: SearchSettings = EXACT,
) -> Control:
    """Score the real side against itself.

    Parameters
    ----------
    pool
        Only its real side is looked at, one member a group, 20,000 units at most.
    k
        Neighbors per unit; fewer where there are no more.
    seed
        Of the halves.
    lists
        What a search of the pool has found, where it has no groups; else None.
    search
        Backend and threads.
    """
    random = np.random.default_rng(seed)
    rows = pool.draw(random)
    rows = rows[pool.is_real[rows]]
    if len(rows) > MOST_POINTS:
        rows = rows[np.sort(random.permutation(len(rows))[:MOST_POINTS])]
    neighbors = self_knn_of_part(
        pool.vectors,
        rows,
        min(k, len(rows) - 1),
        lists=lists,
        search=search,
    )
    graph = graph_of(neighbors)
    place = np.arange(len(rows))
    blocks = (place * min(BLOCKS, len(rows)) // len(rows)) % 2 == 0
    scores = permuted_scores(
        graph, blocks, permutations=RELABELLINGS, seed=seed, threads=search.threads
    )
    score = directed_score(graph, ~blocks)
    return Control(float(scores.mean()), float(scores.std()), score, lower_p_value(score, scores))
