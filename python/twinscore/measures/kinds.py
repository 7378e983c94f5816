"""Kinds of images: look-alike clusters of one side.

Mode seeking on the graph of nearest neighbors: every image leads to the one in the densest place
among its mutual neighbors, and all that lead to the same image are a kind (Koontz, Narendra and
Fukunaga 1976; Duin et al. 2012). Neighbors that are not mutual would draw lone images into dense
kinds far away.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from twinscore.neighbors.settings import EXACT, SearchSettings

if TYPE_CHECKING:
    from twinscore.base.arrays import IdArray, PointMatrix

MOST_SEARCHED = 10_000
"""Images among which dense places are looked for; the others join that of their nearest."""

FEWEST_NEIGHBORS, MOST_NEIGHBORS = 5, 50


def kinds_of(
    vectors: PointMatrix, clusters: IdArray, *, seed: int, search: SearchSettings = EXACT
) -> IdArray:
    """Name the kind of each image by the row of its image in the densest place.

    Parameters
    ----------
    vectors
        Shape (n, d), of one side.
    clusters
        Shape (n,): the first row of the near-duplicates of each row, which are of one kind.
    seed
        Of the choice of images where there are more than ``MOST_SEARCHED``.
    search
        Backend and threads.

    Returns
    -------
    Shape (n,), int64: rows; equal where images are of one kind.
    """
    rows = np.arange(len(vectors))
    if len(rows) > MOST_SEARCHED:
        rows = np.sort(np.random.default_rng(seed).permutation(rows)[:MOST_SEARCHED])
    searched = vectors[rows]
    width = min(max(round(math.sqrt(len(rows))), FEWEST_NEIGHBORS), MOST_NEIGHBORS, len(rows) - 1)
    neighbors = search.self_knn(searched, width)
    reach = neighbors.distances[:, -1]
    crowding = np.argsort(np.argsort(reach, kind="stable"))
    itself = np.arange(len(rows))[:, None]
    mutual = np.where(neighbors.distances <= reach[neighbors.ids], neighbors.ids, itself)
    near = np.concatenate([itself, mutual], axis=1)
    densest = near[np.arange(len(rows)), crowding[near].argmin(axis=1)]
    while not np.array_equal(onward := densest[densest], densest):
        densest = onward
    if len(rows) < len(vectors):
        densest = densest[search.knn(vectors, searched, 1).ids[:, 0]]
    return np.asarray(rows[densest][clusters], dtype=np.int64)
