"""Which images to look at: those that give a twin away, those that pass, what is missing."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.neighbors.settings import EXACT, SearchSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from twinscore.base.arrays import BoolArray, Float64Array, IdArray
    from twinscore.base.progress import ProgressCallback
    from twinscore.embedding.records import Embeddings
    from twinscore.neighbors.records import Neighbors
    from twinscore.scoring.result import ScoreResult
    from twinscore.scoring.scored_pool import ScoredPool

GALLERY_SIZE = 24
ALIKE = 15
ALIKE_SHARE = 0.05
"""An image among so many nearest ones of an image already shown is not shown as well: ``ALIKE``,
but no more than this share of the side."""
NEIGHBORHOOD = 5
"""How near real images lie to each other is told by the neighbor of this rank."""
MISSING_RATIO = 1.2
"""Farther from the nearest synthetic image, by this factor, than from that neighbor: missing?"""
COPY_RATIO = 0.6
"""Nearer to a real image, by this factor, than that one is to other real images: a copy?

JPEG copies at quality 60 of camera frames lie at about 0.5, mirrored ones at 0.4, unrelated
frames near 1.
"""


@dataclass(frozen=True, slots=True)
class SideNeighbors:
    """Who is near whom, across the sides and within each.

    Attributes
    ----------
    nearest_real, nearest_synthetic
        Of every synthetic image the nearest real one, and of every real image the nearest
        synthetic one; ids count within the side they lie on.
    among_real, among_synthetic
        Each image's nearest ones of its own side, outside its group.
    """

    nearest_real: Neighbors
    nearest_synthetic: Neighbors
    among_real: Neighbors
    among_synthetic: Neighbors


@dataclass(frozen=True, slots=True)
class Exhibit:
    """An image to look at, beside another.

    Attributes
    ----------
    row, beside
        Rows of the pool.
    figure
        What ranks it: a ratio or a distance.
    alike
        Further images of the gallery that it stands for.
    """

    row: int
    beside: int
    figure: float
    alike: int = 0


@dataclass(frozen=True, slots=True)
class Gallery:
    """Images that answer one question, the clearest first.

    Attributes
    ----------
    key
        A word to find it by.
    exhibits
        At most ``GALLERY_SIZE``, each of another kind where there are enough kinds.
    total
        Images that the question is true of.
    """

    key: str
    exhibits: tuple[Exhibit, ...]
    total: int


def find_side_neighbors(
    pool: ScoredPool, *, search: SearchSettings = EXACT, progress: ProgressCallback | None = None
) -> SideNeighbors:
    """Search the neighbors across and within the sides."""
    real, synthetic = pool.real, pool.synthetic

    def done(steps: int) -> None:
        if progress is not None:
            progress(steps, 4)

    done(0)
    nearest_real = search.knn(synthetic.vectors, real.vectors, 1)
    done(1)
    nearest_synthetic = search.knn(real.vectors, synthetic.vectors, 1)
    done(2)
    among_real = _neighbors_outside_groups(real, search)
    done(3)
    among_synthetic = _neighbors_outside_groups(synthetic, search)
    done(4)
    return SideNeighbors(nearest_real, nearest_synthetic, among_real, among_synthetic)


def _neighbors_outside_groups(side: Embeddings, search: SearchSettings) -> Neighbors:
    points = len(side.vectors)
    if side.groups is None:
        return search.self_knn(side.vectors, min(ALIKE, points - 1))
    groups = np.unique(np.asarray(side.groups), return_inverse=True)[1]
    eligible = points - int(np.bincount(groups).max())
    return search.self_knn(side.vectors, min(ALIKE, eligible), groups)


def galleries_of(
    result: ScoreResult, pool: ScoredPool, nearness: SideNeighbors
) -> dict[str, Gallery]:
    """Choose the images to look at.

    Parameters
    ----------
    result
        Its table of samples has the rows of the pool.
    pool
        What was scored.
    nearness
        Of that pool.

    Returns
    -------
    By key:

    giveaways
        Synthetic images whose nearest image is synthetic, by how many times farther the nearest
        real one is.
    passing
        Synthetic images whose nearest image is real, by that distance, without suspected copies.
    missing
        Real images that other real ones lie near but no synthetic one does: distance to the
        nearest synthetic image over that to the fifth nearest real one.
    copies
        Synthetic images much nearer to a real one than that one is to other real images.
    duplicates
        Images with exactly the embedding of another one.
    """
    synthetic = slice(pool.n_real, len(pool))
    nearest_is_real = np.asarray(result.samples["nearest_side"].to_pylist())[synthetic] == "real"
    giveaway = np.asarray(result.samples["giveaway"].to_pylist()[synthetic], dtype=np.float64)
    to_real = np.sqrt(nearness.nearest_real.distances[:, 0])
    closeness = _closeness_to_copies(to_real, nearness)
    is_copy = closeness < COPY_RATIO

    synthetic_picks = _Picker(pool, nearness, of_real=False)
    real_picks = _Picker(pool, nearness, of_real=True)
    remoteness = _remoteness_of_real(nearness)
    return {
        gallery.key: gallery
        for gallery in (
            synthetic_picks.gallery("giveaways", -giveaway, ~nearest_is_real, giveaway),
            synthetic_picks.gallery("passing", to_real, nearest_is_real & ~is_copy, to_real),
            real_picks.gallery("missing", -remoteness, remoteness > MISSING_RATIO, remoteness),
            synthetic_picks.gallery("copies", closeness, is_copy, closeness, keep_alike=True),
            _duplicates(pool),
        )
    }


def _closeness_to_copies(to_real: Float64Array, nearness: SideNeighbors) -> Float64Array:
    """Distance to the nearest real image over that image's distance to other real ones."""
    between_real = np.sqrt(nearness.among_real.distances[:, 0])
    usual = between_real[nearness.nearest_real.ids[:, 0]]
    with np.errstate(divide="ignore", invalid="ignore"):
        closeness = np.where(to_real == 0.0, 0.0, to_real / usual)
    return np.asarray(closeness, dtype=np.float64)


def _remoteness_of_real(nearness: SideNeighbors) -> Float64Array:
    to_synthetic = np.sqrt(nearness.nearest_synthetic.distances[:, 0])
    distances = nearness.among_real.distances
    to_real = np.sqrt(distances[:, min(NEIGHBORHOOD, distances.shape[1]) - 1])
    with np.errstate(divide="ignore", invalid="ignore"):
        remoteness = np.where(to_synthetic == 0.0, 0.0, to_synthetic / to_real)
    return np.asarray(remoteness, dtype=np.float64)


class _Picker:
    """Picks images of one side, the clearest of each kind."""

    def __init__(self, pool: ScoredPool, nearness: SideNeighbors, *, of_real: bool) -> None:
        first_real, first_synthetic = 0, pool.n_real
        side = pool.real if of_real else pool.synthetic
        self._names = side.names
        alike = max(1, round(ALIKE_SHARE * len(side.vectors)))
        if of_real:
            self._first, other_first = first_real, first_synthetic
            self._among = nearness.among_real.ids[:, :alike]
            self._beside = nearness.nearest_synthetic.ids[:, 0] + other_first
        else:
            self._first, other_first = first_synthetic, first_real
            self._among = nearness.among_synthetic.ids[:, :alike]
            self._beside = nearness.nearest_real.ids[:, 0] + other_first

    def gallery(
        self,
        key: str,
        ranking: Float64Array,
        belongs: BoolArray,
        figures: Float64Array,
        *,
        keep_alike: bool = False,
    ) -> Gallery:
        """Order by (ranking, name) and leave out what looks like an image already picked."""
        ranked = sorted(
            np.flatnonzero(belongs).tolist(), key=lambda row: (ranking[row], self._names[row])
        )
        # Variety must not bring in images that hardly belong to the gallery.
        clearest = ranked[: max(GALLERY_SIZE, len(ranked) // 3)]
        stand_ins = {} if keep_alike else self._stand_ins(clearest)
        counts = Counter(stand_ins.values())
        shown = [row for row in clearest if row not in stand_ins]
        exhibits = tuple(
            Exhibit(
                row + self._first,
                int(self._beside[row]),
                float(figures[row]),
                counts[row],
            )
            for row in shown[:GALLERY_SIZE]
        )
        return Gallery(key, exhibits, len(ranked))

    def _stand_ins(self, ranked: list[int]) -> dict[int, int]:
        """Map images to the one picked before them that one of the two lies near to."""
        picks: set[int] = set()
        near_a_pick: dict[int, int] = {}
        stand_ins: dict[int, int] = {}
        for row in ranked:
            neighbors = self._among[row].tolist()
            picked = next((neighbor for neighbor in neighbors if neighbor in picks), None)
            stand_in = near_a_pick.get(row, picked)
            if stand_in is not None:
                stand_ins[row] = stand_in
                continue
            picks.add(row)
            for neighbor in neighbors:
                near_a_pick.setdefault(neighbor, row)
        return stand_ins


def _duplicates(pool: ScoredPool) -> Gallery:
    firsts: dict[bytes, int] = {}
    copies: dict[int, list[int]] = {}
    for start, side in ((0, pool.real), (pool.n_real, pool.synthetic)):
        for row, vector in enumerate(side.vectors, start=start):
            # In one dtype and without negative zeros, equal values are equal bytes.
            values = vector.astype(np.float32) + np.float32(0.0)
            first = firsts.setdefault(hashlib.sha256(values.tobytes()).digest(), row)
            if first != row:
                copies.setdefault(first, []).append(row)
    exhibits = tuple(Exhibit(rows[0], first, 0.0, len(rows) - 1) for first, rows in copies.items())
    return Gallery("duplicates", exhibits[:GALLERY_SIZE], sum(map(len, copies.values())))


def rows_shown(galleries: Mapping[str, Gallery]) -> IdArray:
    """Return the rows of the pool that any gallery shows, in order."""
    rows = {
        row
        for gallery in galleries.values()
        for exhibit in gallery.exhibits
        for row in (exhibit.row, exhibit.beside)
    }
    return np.array(sorted(rows), dtype=np.int64)
