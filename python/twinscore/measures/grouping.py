"""By which column images are correlated: the groups that the data suggest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from twinscore.neighbors.settings import EXACT, SearchSettings

if TYPE_CHECKING:
    from twinscore.base.arrays import IdArray, PointMatrix

Columns = Mapping[str, Sequence[str | None]]

MOST_SEARCHED = 10_000
FEWEST_GROUPS = 8
LARGEST_GROUP = 0.25
"""A group counts as one image: one that holds more of a side would make most of it vanish."""

TELLING = 0.3
"""Of the way from chance to certainty that the nearest image of the side shares the value."""


def suggested_column(
    sides: Sequence[tuple[PointMatrix, Columns]], *, seed: int, search: SearchSettings = EXACT
) -> str | None:
    """Find the column whose values should be groups.

    The finest one whose images lie nearest to each other on either side, unless images of other
    groups still share the value of a coarser one more often than chance: then that one.

    Parameters
    ----------
    sides
        Vectors of shape (n, d) and columns of length n, of the real and the synthetic side.
    seed
        Of the choice of images where there are many.
    search
        Backend and threads.

    Returns
    -------
    None where no column that both sides have would do.
    """
    random = np.random.default_rng(seed)
    drawn = [
        (vectors[rows], _codes_of(columns, rows))
        for vectors, columns in sides
        for rows in [np.sort(random.permutation(len(vectors))[:MOST_SEARCHED])]
    ]
    names = set.intersection(*(set(codes) for _, codes in drawn))
    finest_first = sorted(names, key=lambda name: (-_group_count(drawn, name), name))
    alike = [name for name in finest_first if _is_alike(drawn, name, None, search)]
    for place, name in enumerate(alike):
        if not any(_is_alike(drawn, coarser, name, search) for coarser in alike[place + 1 :]):
            return name
    return None


def _codes_of(columns: Columns, rows: IdArray) -> dict[str, IdArray]:
    """Give each column that could be groups the numbers of its values."""
    found = {}
    for name, values in columns.items():
        kept = [values[row] for row in rows.tolist()]
        if any(value is None for value in kept):
            continue
        codes = np.unique(np.array(kept, dtype=np.str_), return_inverse=True)[1].astype(np.int64)
        sizes = np.bincount(codes)
        if FEWEST_GROUPS <= len(sizes) <= len(kept) / 2 and sizes.max() <= LARGEST_GROUP * len(
            kept
        ):
            found[name] = codes
    return found


def _group_count(drawn: list[tuple[PointMatrix, dict[str, IdArray]]], name: str) -> int:
    return sum(int(codes[name].max()) + 1 for _, codes in drawn)


def _is_alike(
    drawn: list[tuple[PointMatrix, dict[str, IdArray]]],
    name: str,
    apart: str | None,
    search: SearchSettings,
) -> bool:
    """Tell whether nearest images share a value; only those of other groups in `apart` count."""
    return any(
        _sharing(vectors, codes[name], None if apart is None else codes[apart], search) >= TELLING
        for vectors, codes in drawn
    )


def _sharing(
    vectors: PointMatrix, codes: IdArray, apart: IdArray | None, search: SearchSettings
) -> float:
    """How far from chance (0) to certainty (1) the nearest image shares the value."""
    nearest = search.self_knn(vectors, 1, apart).ids[:, 0]
    shared = float(np.mean(codes[nearest] == codes))
    own = np.arange(len(codes)) if apart is None else apart
    inside = float((np.bincount(own) ** 2).sum())
    both = float((np.unique(np.stack([codes, own]), axis=1, return_counts=True)[1] ** 2).sum())
    chance = (float((np.bincount(codes) ** 2).sum()) - both) / (len(codes) ** 2 - inside)
    return (shared - chance) / (1.0 - chance)
