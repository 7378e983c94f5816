"""Points with the very values of others, where they are more than lists of neighbors hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twinscore.measures.links import linked

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray, IdArray
    from twinscore.neighbors.records import Neighbors


def pairs_beyond_lists(neighbors: Neighbors, is_real: BoolArray, units: IdArray) -> IdArray:
    """Pair equal points with one of each side, where there are more of them than lists hold.

    Lists that end among equal points hold the first rows alone, which are real ones: of such a
    cluster each point is paired with the first one of either side that is not of its own unit.

    Parameters
    ----------
    neighbors
        Of the pool, several per point.
    is_real
        Shape (n,).
    units
        Shape (n,), 0 .. u-1, each on one side.

    Returns
    -------
    Shape (m, 2): rows; no pairs where all lists reach beyond equal points.
    """
    is_full = neighbors.distances[:, -1] == 0.0
    if not is_full.any():
        return np.empty((0, 2), dtype=np.int64)
    clusters = equal_clusters(neighbors)
    is_large = np.zeros(len(is_real), dtype=np.bool_)
    is_large[clusters[is_full]] = True
    inside = np.flatnonzero(is_large[clusters])
    found = []
    for side in (True, False):
        partners = first_of_another(clusters, inside[is_real[inside] == side], units)[inside]
        found.append(np.stack([inside, partners], axis=1)[partners >= 0])
    return np.concatenate(found)


def equal_clusters(neighbors: Neighbors) -> IdArray:
    """Label each point by the smallest row that equals it, shape (n,)."""
    rows, listed = np.nonzero(neighbors.distances == 0.0)
    pairs = np.stack([rows, neighbors.ids[rows, listed]], axis=1)
    return linked(pairs, len(neighbors.ids))


def first_of_another(clusters: IdArray, candidates: IdArray, units: IdArray) -> IdArray:
    """Return the first candidate in each point's cluster that is not of its own unit.

    Parameters
    ----------
    clusters, units
        Shape (n,).
    candidates
        Points, in the order of preference.

    Returns
    -------
    Shape (n,); -1 where there is none.
    """
    leaders = _firsts(clusters, candidates)
    others = candidates[units[candidates] != units[leaders[clusters[candidates]]]]
    leaders, seconds = leaders[clusters], _firsts(clusters, others)[clusters]
    return np.where(units == units[leaders], seconds, leaders)


def _firsts(clusters: IdArray, candidates: IdArray) -> IdArray:
    """First candidate of each cluster, by the number of the cluster; -1 where none is."""
    firsts = np.full(len(clusters), -1, dtype=np.int64)
    numbers, places = np.unique(clusters[candidates], return_index=True)
    firsts[numbers] = candidates[places]
    return firsts
