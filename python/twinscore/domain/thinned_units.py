"""Units of both sides, each kept with a chance that gives both the declared mix."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from twinscore.domain.cells import OUTSIDE

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray, Float64Array, IdArray
    from twinscore.graph.pool import Pool

FEWEST_IN_CELL = 5
"""Units of either side with which a cell is scored."""


@dataclass(frozen=True, slots=True)
class ThinnedUnits:
    """The units that are scored, and the chance of each to be kept.

    Attributes
    ----------
    pool
        Of these units alone.
    is_real, cells, sizes
        Shape (u,): side, cell and images of each unit.
    chances
        Shape (2, m): chance to keep a synthetic and a real unit of each cell.
    images
        Units of each side that a draw keeps on average.
    limited_by
        See `TargetScore`.
    """

    pool: Pool
    is_real: BoolArray
    cells: IdArray
    chances: Float64Array
    sizes: IdArray
    images: float
    limited_by: tuple[int, str]

    @property
    def keep(self) -> Float64Array:
        """Shape (u,): the chance of each unit to be kept."""
        chances: Float64Array = self.chances[self.is_real.astype(np.int64), self.cells]
        return chances

    @property
    def smallest(self) -> float:
        """Units of the side that tells less, counted by their chances (Kish 1965)."""
        keep = self.keep
        return min(
            float(keep[side].sum() ** 2 / np.square(keep[side]).sum())
            for side in (self.is_real, ~self.is_real)
        )

    @property
    def expected(self) -> Float64Array:
        """Shape (u,): share of real units among the others that are kept."""
        keep = self.keep
        return np.asarray(keep[self.is_real].sum() / (keep.sum() - keep), dtype=np.float64)

    def score(self, shares: Float64Array, queries: BoolArray | None = None) -> float:
        """Return observed over expected share of real neighbors of synthetic units."""
        chosen = ~self.is_real if queries is None else queries
        keep = self.keep[chosen]
        # Exact sums: the score must not depend on the order of the points.
        return math.fsum(keep * shares[chosen]) / math.fsum(keep * self.expected[chosen])

    def parts(self, shares: Float64Array) -> Float64Array:
        """Return the sums that the score of each cell divides, shape (2, cells)."""
        keep = np.where(self.is_real, 0.0, self.keep)
        values = (keep * shares, keep * self.expected)
        return np.stack([np.bincount(self.cells, value, self.chances.shape[1]) for value in values])

    def relabelled(self, is_real: BoolArray) -> ThinnedUnits:
        """Return the same units with other sides, in every cell as many of each as before."""
        return replace(self, is_real=is_real)


def thinned_units(pool: Pool, cells: IdArray, targets: Float64Array) -> ThinnedUnits | None:
    """Find the units of a declared mix, and the chance to keep each.

    In the cell c of a side with n_c units, that is m target_c / n_c; m, the units that a draw keeps
    of each side, is as large as leaves no chance above 1.

    Parameters
    ----------
    pool, cells, targets
        See `score_against_target`.

    Returns
    -------
    None where no cell that is wanted has `FEWEST_IN_CELL` units of either side.
    """
    units, is_real = pool.units, pool.unit_is_real
    unit_cells = _most_common(cells, units)
    counts = np.stack(
        [
            np.bincount(unit_cells[side & (unit_cells != OUTSIDE)], minlength=len(targets))
            for side in (~is_real, is_real)
        ]
    )
    scored = (counts.min(axis=0) >= FEWEST_IN_CELL) & (targets > 0.0)
    if not scored.any():
        return None
    wanted = np.where(scored, targets, 0.0) / targets[scored].sum()
    allows = np.where(scored, counts / np.where(scored, wanted, 1.0), np.inf)
    side, cell = np.unravel_index(int(np.argmin(allows)), allows.shape)
    images = float(allows[side, cell])
    kept_units = (unit_cells != OUTSIDE) & scored[unit_cells]
    rows = np.flatnonzero(kept_units[units] & (cells == unit_cells[units]))
    numbers = np.cumsum(kept_units) - 1
    groups = None if pool.groups is None else numbers[units[rows]]
    return ThinnedUnits(
        replace(pool, vectors=pool.vectors[rows], is_real=pool.is_real[rows], groups=groups),
        is_real[kept_units],
        unit_cells[kept_units],
        np.minimum(images * wanted / np.maximum(counts, 1), 1.0),
        np.bincount(numbers[units[rows]]),
        images,
        (int(cell), ("synthetic", "real")[int(side)]),
    )


def _most_common(cells: IdArray, units: IdArray) -> IdArray:
    """Give each unit the cell that most of its images are in; of several the first."""
    pairs, counts = np.unique(np.stack([units, cells]), axis=1, return_counts=True)
    order = np.lexsort((pairs[1], -counts, pairs[0]))
    firsts = np.unique(pairs[0][order], return_index=True)[1]
    return np.asarray(pairs[1][order][firsts], dtype=np.int64)
