"""Neighbor lists among units: one image of each group, near-copies of a side counting as one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.neighbors.put_together import with_rows
from twinscore.neighbors.records import Neighbors
from twinscore.neighbors.settings import EXACT, SearchSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.base.arrays import BoolArray, IdArray, PointMatrix
    from twinscore.graph.pool import Pool

DRAWS = 3
"""Draws of one image a unit where the score has none that tells."""

MOST_MENDED = 0.5
"""Share of lists that are searched again one by one; with more, all are, each pair once."""


@dataclass(frozen=True, slots=True)
class UnitLists:
    """One image for each unit of a pool, and who is near to whom among these.

    Attributes
    ----------
    rows
        Shape (u,): the image of each unit, a row of the pool.
    neighbors
        Of each unit among the units.
    """

    rows: IdArray
    neighbors: Neighbors


def drawn_lists(
    pool: Pool, width: int, *, seed: int, search: SearchSettings = EXACT
) -> Iterator[UnitLists]:
    """Search a few draws of one image for each unit.

    Parameters
    ----------
    pool
        Its groups are the units.
    width
        Neighbors wanted of each unit.
    seed
        Of the draws.
    search
        Backend and threads.
    """
    random = np.random.default_rng(seed)
    for _ in range(DRAWS):
        rows = pool.draw(random)
        yield UnitLists(rows, search.self_knn(pool.vectors[rows], width))


def thinned_lists(
    pool: Pool, neighbors: Neighbors, width: int, *, search: SearchSettings = EXACT
) -> UnitLists:
    """Strike all images but one of each unit from the lists of all images.

    Lists that become too short are searched again among the images that are left, so that one
    search tells about a pool with few near-copies in it.

    Parameters
    ----------
    pool
        Its groups are the units.
    neighbors
        Of all images, whatever their unit.
    width, search
        As in `drawn_lists`.
    """
    rows = pool.first_members
    number = np.full(len(pool.vectors), -1, dtype=np.int64)
    number[rows] = np.arange(len(rows))
    units = number[neighbors.ids[rows]]
    kept = units >= 0
    # What ties beyond the end of a list is not known among units.
    lacking = (np.count_nonzero(kept, axis=1) < width + 1) | (neighbors.further[rows] > 0)
    if np.count_nonzero(lacking) > MOST_MENDED * len(rows):
        return UnitLists(rows, search.self_knn(pool.vectors[rows], width))
    order = np.argsort(~kept, axis=1, kind="stable")[:, : width + 1]
    distances = np.take_along_axis(neighbors.distances[rows], order, axis=1)
    found = Neighbors(
        distances,
        np.take_along_axis(units, order, axis=1),
        np.zeros(len(rows) + 1, dtype=np.int64),
        np.zeros(0, dtype=np.int64),
    )
    return UnitLists(rows, _mended(found, lacking, pool.vectors[rows], width, search))


def _mended(
    lists: Neighbors, lacking: BoolArray, vectors: PointMatrix, width: int, search: SearchSettings
) -> Neighbors:
    """Cut lists to a width, with the answers of a search in the place of those that lack some."""
    # Where the last place wanted ties with the next, all that tie are.
    asked = np.flatnonzero(lacking | (lists.distances[:, -1] == lists.distances[:, -2]))
    if not len(asked):
        return lists.first(width)
    answers = search.knn(
        vectors[asked], vectors, width, query_groups=asked, reference_groups=np.arange(len(vectors))
    )
    return with_rows(lists.first(width), asked, answers)
