"""Who is near each synthetic image of two sets, deep enough to tell the score of either set.

A neighbor search over all images is done once. The score of one set, of the sets after some of
their images have traded places, or of half of the images is then a question of which candidates
count: the first k of a list that do.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.base.constants import TIE_TOLERANCE
from twinscore.neighbors.settings import EXACT, SearchSettings

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray, Float64Array, FloatMatrix, IdArray

MOST_CELLS = 60_000_000
"""Most candidates held, over all lists."""


@dataclass(frozen=True, slots=True)
class Neighborhoods:
    """Candidates of every synthetic point, nearest first.

    Attributes
    ----------
    distances
        Shape (n, depth), float64, squared.
    is_real
        Shape (n, depth).
    ids
        Shape (n, depth): row among the real points or among the synthetic ones.
    reach
        Shape (n,): all candidates up to this distance are listed.
    k
        Neighbors that count.
    """

    distances: Float64Array
    is_real: BoolArray
    ids: IdArray
    reach: Float64Array
    k: int

    def real_shares(
        self,
        labels: IdArray,
        kept_real: BoolArray | None = None,
    ) -> tuple[Float64Array, BoolArray]:
        """Share of real points among the first k candidates that are real or of the own label.

        Parameters
        ----------
        labels
            Shape (n,): the set of each synthetic point; those below 0 are no candidates.
        kept_real
            Shape (n_real,): the real points that are candidates; None for all.

        Returns
        -------
        shares : float64, shape (n,)
            Ties at the k-th place share the places that are left.
        certain : bool, shape (n,)
            False where the list ends before the k-th candidate; the places left then count as
            synthetic.
        """
        own = labels[np.where(self.is_real, 0, self.ids)] == labels[:, None]
        real = self.is_real
        if kept_real is not None:
            real = real & kept_real[np.where(self.is_real, self.ids, 0)]
        counts = np.where(self.is_real, real, own)
        rank = np.cumsum(counts, axis=1)
        full = rank[:, -1] >= self.k
        last = np.where(full, np.argmax(rank >= self.k, axis=1), counts.shape[1] - 1)
        limit = self.distances[np.arange(len(last)), last][:, None]
        nearer = counts & (self.distances < limit * (1.0 - TIE_TOLERANCE))
        tied = counts & ~nearer & (self.distances <= limit * (1.0 + TIE_TOLERANCE))
        places = self.k - nearer.sum(axis=1)
        tied_count = np.maximum(tied.sum(axis=1), 1)
        # A list that ends early fills what places it can; the others stay with no real point.
        filled = np.minimum(places, tied_count)
        shares = (
            (nearer & real).sum(axis=1) + filled * (tied & real).sum(axis=1) / tied_count
        ) / self.k
        return shares, full & (limit[:, 0] <= self.reach)


def find_neighborhoods(
    real: FloatMatrix,
    synthetic: FloatMatrix,
    k: int,
    depth: int,
    *,
    search: SearchSettings = EXACT,
) -> Neighborhoods:
    """Search the `depth` nearest points of each side for every synthetic point.

    Parameters
    ----------
    real, synthetic
        Shapes (n_real, d) and (n, d).
    k
        Neighbors that count.
    depth
        Candidates of each side; fewer where a side has fewer.
    search
        Backend and threads.
    """
    of_real = min(depth, len(real))
    of_synthetic = min(depth, len(synthetic) - 1)
    to_real = search.knn(synthetic, real, of_real)
    among = search.self_knn(synthetic, of_synthetic)
    distances = np.hstack([to_real.distances, among.distances])
    ids = np.hstack([to_real.ids, among.ids])
    is_real = np.broadcast_to(np.arange(distances.shape[1]) < of_real, distances.shape)
    order = np.argsort(distances, axis=1, kind="stable")
    reach = np.full(len(synthetic), np.inf)
    if of_real < len(real):
        reach = np.minimum(reach, to_real.distances[:, -1])
    if of_synthetic < len(synthetic) - 1:
        reach = np.minimum(reach, among.distances[:, -1])
    return Neighborhoods(
        np.take_along_axis(distances, order, axis=1),
        np.take_along_axis(is_real, order, axis=1),
        np.take_along_axis(ids, order, axis=1),
        reach,
        k,
    )


def depth_for(k: int, share: float) -> int:
    """Return how many candidates hold k that count, all but surely, if each does at `share`."""
    return math.ceil((k + 4.0 * math.sqrt(k) + 9.0) / share)


def affordable_depth(points: int) -> int:
    """Return the depth at which the lists of so many points fill the memory set aside."""
    return max(8, MOST_CELLS // (2 * points))
