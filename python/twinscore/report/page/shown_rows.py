"""Which images of a pool a page speaks of, and what its script knows about each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.report.galleries import rows_shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from twinscore.base.arrays import Float64Array, IdArray
    from twinscore.report.galleries import Gallery, SideNeighbors
    from twinscore.report.maps.layouts import PoolMap
    from twinscore.scoring.result import ScoreResult
    from twinscore.scoring.scored_pool import ScoredPool

MOST_ON_MAP = 50_000
"""Images that the map of a page shows: as many as a browser moves without a halt. A random share
of a larger pool is shown."""
MAP_STEPS = 10_000
"""Coordinates of a map are whole numbers up to this: finer than any screen, and short."""


@dataclass(frozen=True, slots=True)
class ShownRows:
    """The images of a pool that a page knows by name.

    A page numbers them by their place here: all images of a small pool, of a large one those on
    the map, those in galleries and the nearest ones of both.

    Attributes
    ----------
    rows
        Shape (m,), rows of the pool, ascending, so that the real ones come first.
    n_real
        How many of them are real.
    on_map
        Shape (p,), places among ``rows`` of the images on the map, ascending.
    """

    rows: IdArray
    n_real: int
    on_map: IdArray

    @property
    def map_rows(self) -> IdArray:
        """Rows of the pool that are on the map."""
        return self.rows[self.on_map]

    def place(self, row: int) -> int:
        """Return the number that the page gives to a row of the pool."""
        return int(np.searchsorted(self.rows, row))


@dataclass(frozen=True, slots=True)
class NearestImages:
    """Of every row of a pool, the nearest image of the other and of its own side.

    Attributes
    ----------
    across, within
        Rows of the pool.
    across_distance, within_distance
        Euclidean.
    """

    across: IdArray
    within: IdArray
    across_distance: Float64Array
    within_distance: Float64Array


def nearest_images(pool: ScoredPool, nearness: SideNeighbors) -> NearestImages:
    """Put the neighbors of the two sides together, numbered as rows of the pool."""
    near, n_real = nearness, pool.n_real

    def distances(real: Float64Array, synthetic: Float64Array) -> Float64Array:
        return np.asarray(np.sqrt(np.concatenate([real[:, 0], synthetic[:, 0]])))

    return NearestImages(
        np.concatenate([near.nearest_synthetic.ids[:, 0] + n_real, near.nearest_real.ids[:, 0]]),
        np.concatenate([near.among_real.ids[:, 0], near.among_synthetic.ids[:, 0] + n_real]),
        distances(near.nearest_synthetic.distances, near.nearest_real.distances),
        distances(near.among_real.distances, near.among_synthetic.distances),
    )


def choose_rows(
    pool: ScoredPool,
    galleries: Mapping[str, Gallery],
    nearest: NearestImages,
    *,
    seed: int,
    most_on_map: int = MOST_ON_MAP,
) -> ShownRows:
    """Choose what a page speaks of: everything, or of a large pool what it can show.

    Parameters
    ----------
    pool, galleries, nearest
        What was scored, what the galleries show of it, and who is near whom.
    seed
        Of the random share on the map.
    most_on_map
        Images on the map.
    """
    images = len(pool)
    if images <= most_on_map:
        return ShownRows(np.arange(images), pool.n_real, np.arange(images))
    on_map = np.sort(np.random.default_rng(seed).permutation(images)[:most_on_map])
    opened = np.union1d(on_map, rows_shown(galleries))
    rows = np.unique(np.concatenate([opened, nearest.across[opened], nearest.within[opened]]))
    n_real = int(np.searchsorted(rows, pool.n_real))
    return ShownRows(rows, n_real, np.searchsorted(rows, on_map))


def pool_payload(
    result: ScoreResult,
    shown: ShownRows,
    names: tuple[str, ...],
    nearest: NearestImages,
    maps: list[PoolMap],
    pictures: Mapping[int, str],
) -> dict[str, Any]:
    """Return what page.js reads about the pool, as JSON types.

    Parameters
    ----------
    result
        Its table of samples has the rows of the pool.
    shown
        The rows that the page knows.
    names
        Of all rows.
    nearest
        Of all rows.
    maps
        Of the rows on the map, in their order.
    pictures
        In base64, by row of the pool.
    """
    rows = shown.rows
    # Places of rows that are not shown are never asked for.
    place = np.zeros(len(names), dtype=np.int64)
    place[rows] = np.arange(len(rows))
    shares = np.asarray(result.samples["real_share"])[rows]
    return {
        "real": shown.n_real,
        "names": [names[row] for row in rows.tolist()],
        "across": place[nearest.across[rows]].tolist(),
        "within": place[nearest.within[rows]].tolist(),
        "acrossDistance": _short(nearest.across_distance[rows]),
        "withinDistance": _short(nearest.within_distance[rows]),
        "share": [round(share, 3) for share in shares.tolist()],
        "labels": _labels(result, rows),
        "onMap": shown.on_map.tolist(),
        "maps": [
            {
                axis: np.round(map_.points[:, column] * MAP_STEPS).astype(int).tolist()
                for column, axis in enumerate("xy")
            }
            for map_ in maps
        ],
        "pictures": {shown.place(row): picture for row, picture in pictures.items()},
    }


def _labels(result: ScoreResult, rows: IdArray) -> dict[str, dict[str, list[Any]]]:
    """Return the columns by which images are chosen and colored: kinds, groups, those of a source.

    Each is a list of values and, by row, the place of its value, or -1. Columns with a value of
    their own for almost every image sort nothing and are left out.
    """
    table = result.samples
    names = [name for name in ("kind", "group") if name in table.column_names]
    first_of_source = table.column_names.index("giveaway") + 1
    names += table.column_names[first_of_source:]
    labels = {}
    for name in names:
        column = table[name].take(rows).combine_chunks().dictionary_encode()
        values = column.dictionary.to_pylist()
        if 1 <= len(values) <= max(2, len(rows) // 2):
            labels[name] = {"values": values, "of": column.indices.fill_null(-1).to_pylist()}
    return labels


def _short(distances: Float64Array) -> list[float]:
    return [float(f"{distance:.4g}") for distance in distances.tolist()]
