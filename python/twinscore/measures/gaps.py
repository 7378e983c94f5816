"""Where reality is not reached: photographs that no synthetic image comes near, and their kinds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray
    from twinscore.neighbors.records import Neighbors

MOST_EXAMPLES = 12


@dataclass(frozen=True, slots=True)
class GapExample:
    """A real image that stands for a gap.

    Attributes
    ----------
    row
        Of the pool.
    name
        Of the image.
    units
        Real units without a run that are like it, itself included.
    nearest_row, nearest
        The synthetic image that comes nearest, and its name.
    """

    row: int
    name: str
    units: int
    nearest_row: int
    nearest: str


def gap_units(neighbors: Neighbors, is_gap: BoolArray, k: int) -> list[tuple[int, int]]:
    """Choose units that stand for the gaps: the one that most others are like, then the next.

    Parameters
    ----------
    neighbors
        Of the units of a pool.
    is_gap
        Shape (u,): real units that nothing reaches.
    k
        Neighbors of which a unit is thought to be like.

    Returns
    -------
    At most 12 pairs of unit and number of gap units it stands for, the largest first.
    """
    gaps = np.flatnonzero(is_gap)
    ids = neighbors.ids[gaps, :k]
    sources, places = np.nonzero(is_gap[ids])
    first, second = gaps[sources], ids[sources, places]
    units = len(is_gap)
    numbers = np.concatenate([first * units + second, second * units + first])
    pairs = np.stack(np.divmod(np.unique(numbers), units), axis=1)
    left = is_gap.copy()
    found: list[tuple[int, int]] = []
    while len(found) < MOST_EXAMPLES and left.any():
        open_pairs = pairs[left[pairs[:, 0]] & left[pairs[:, 1]]]
        like = np.bincount(open_pairs[:, 0], minlength=len(is_gap)) + left
        best = int(gaps[np.lexsort((neighbors.distances[gaps, 0], -like[gaps]))[0]])
        found.append((best, int(like[best])))
        left[open_pairs[open_pairs[:, 0] == best, 1]] = False
        left[best] = False
    return found
