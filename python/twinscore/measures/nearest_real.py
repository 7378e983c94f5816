"""The nearest real image of every synthetic one, mostly read from lists that are there already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.neighbors.settings import EXACT, SearchSettings

if TYPE_CHECKING:
    from twinscore.base.arrays import Float64Array, IdArray, PointMatrix
    from twinscore.base.progress import ProgressCallback
    from twinscore.neighbors.records import Neighbors


@dataclass(frozen=True, slots=True)
class NearestReal:
    """One real image for each synthetic one.

    Attributes
    ----------
    ids
        Shape (n_synthetic,), int64: rows of the real side, of several as near the first.
    distances
        Shape (n_synthetic,), float64: squared Euclidean distances.
    """

    ids: IdArray
    distances: Float64Array


def find_nearest_real(
    lists: Neighbors,
    real: PointMatrix,
    synthetic: PointMatrix,
    *,
    search: SearchSettings = EXACT,
    progress: ProgressCallback | None = None,
) -> NearestReal:
    """Read the nearest real points from the lists of the pool; search for those that are in none.

    Parameters
    ----------
    lists
        Of the pool, in which the real points come first: at one distance, they do in lists too.
    real, synthetic
        Shapes (n_r, d) and (n_s, d).
    search
        Backend and threads.
    progress
        Of the search, called with (queries done, queries).
    """
    ids, distances = lists.ids[len(real) :], lists.distances[len(real) :]
    is_real = ids < len(real)
    first = is_real.argmax(axis=1)[:, None]
    nearest = NearestReal(
        np.take_along_axis(ids, first, axis=1)[:, 0],
        np.take_along_axis(distances, first, axis=1)[:, 0],
    )
    missing = np.flatnonzero(~is_real.any(axis=1))
    if len(missing) == 0:
        return nearest
    # A copy of many rows would cost the memory that a search is held to, or as much as it saves.
    if search.memory is not None or 2 * len(missing) > len(synthetic):
        found = search.knn(synthetic, real, 1, progress=progress)
        return NearestReal(found.ids[:, 0], found.distances[:, 0])
    found = search.knn(synthetic[missing], real, 1, progress=progress)
    nearest.ids[missing], nearest.distances[missing] = found.ids[:, 0], found.distances[:, 0]
    return nearest
