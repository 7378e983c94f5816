"""How far apart real images lie: the measure of how near a synthetic one comes to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twinscore.neighbors import self_knn

if TYPE_CHECKING:
    from twinscore.base.arrays import Float64Array, FloatMatrix, IdArray

NEARBY = 10
"""Real images whose distances to their nearest are averaged: one alone says too little."""


class RealSpacing:
    """Distances between real images, around each of them.

    A real image's *gap* is the distance to the nearest real image that is no copy of it and not of
    its group. Around an image lie `NEARBY` real ones (itself included), whose mean gap, times a
    factor for all, is its *spacing*. With the factor, half of the real images lie no further from
    their nearest than the spacing there.

    Nothing but the real side takes part: whatever else is known, the answer stays the same.

    Parameters
    ----------
    real
        Shape (n, d), float32.
    groups
        Shape (n,), int64: images of one group are no neighbors of each other.
    threads
        None for all that the process may use.

    Notes
    -----
    A nearest-neighbor data description (Tax 2001), smoothed over the neighborhood; compare the
    realism score of Kynkäänniemi et al. 2019.
    """

    def __init__(self, real: FloatMatrix, groups: IdArray, *, threads: int | None = None) -> None:
        firsts, place = _distinct_rows(real)
        points, groups = real[firsts], groups[firsts]
        candidates = len(points) - int(np.unique(groups, return_counts=True)[1].max())
        if candidates == 0:
            # All real images are copies of one, or of one group: nothing to measure by.
            self._spacing = np.full(len(real), np.nan)
            return
        nearest = self_knn(points, min(NEARBY, candidates), groups, threads=threads)
        gaps = np.sqrt(nearest.distances[:, 0])
        around = np.column_stack([np.arange(len(points)), nearest.ids[:, : NEARBY - 1]])
        local = gaps[around].mean(axis=1)
        factor = np.median(gaps / local[nearest.ids[:, 0]])
        self._spacing = (local * factor)[place]

    def ratios(self, distances: Float64Array, nearest: IdArray) -> Float64Array:
        """Divide distances to the nearest real image by the spacing there.

        Parameters
        ----------
        distances
            Shape (m,), squared.
        nearest
            Shape (m,): row of that real image.

        Returns
        -------
        Shape (m,), float64; NaN where all real images are copies of one, or of one group.
        """
        return np.asarray(np.sqrt(distances) / self._spacing[nearest])


def _distinct_rows(rows: FloatMatrix) -> tuple[IdArray, IdArray]:
    """Return the first row of each value, and for every row the place of its value among them."""
    # A zero may have a sign, by which equal rows would differ.
    contents = np.ascontiguousarray(rows + np.float32(0.0))
    contents = contents.view(np.dtype((np.void, contents.itemsize * contents.shape[1]))).ravel()
    _, firsts, place = np.unique(contents, return_index=True, return_inverse=True)
    return firsts, place
