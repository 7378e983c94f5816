"""Images that cells of a domain are short of, counted down as a plan fills them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twinscore.domain.match import match_of, whole_numbers

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray, Float64Array, IdArray
    from twinscore.domain.cells import Cells


class Shortfall:
    """Synthetic images of each cell, those there and those planned so far.

    Attributes
    ----------
    left
        Renders that may still be planned.
    planned
        Shape (m,): renders planned of each cell.

    Parameters
    ----------
    layout
        The cells.
    cells
        Shape (n,): the cell of each synthetic image, negative for none.
    images
        Renders that may be planned.
    """

    def __init__(self, layout: Cells, cells: IdArray, images: int) -> None:
        self._layout = layout
        self.left = images
        self._total = len(cells)
        self._there = np.bincount(cells[cells >= 0], minlength=len(layout))
        self.planned = np.zeros(len(layout), dtype=np.int64)

    @property
    def match(self) -> float:
        """Share of images, planned ones included, that are where they are wanted."""
        return match_of(self._layout.targets, self._there + self.planned, self._total)

    def missing(self) -> IdArray:
        """Return how many images each cell is short of, of as many as there are by now."""
        wanted = np.array(whole_numbers(self._layout.targets, self._total))
        missing: IdArray = np.maximum(wanted - self._there - self.planned, 0)
        return missing

    def plan(self, renders: int, among: BoolArray) -> dict[int, int]:
        """Plan renders among some cells: where images are missing first, then as they are wanted.

        Returns
        -------
        Renders by cell; fewer than asked for where no more may be planned.
        """
        renders = min(renders, self.left)
        candidates = among & self._layout.allowed
        if renders == 0 or not candidates.any():
            return {}
        missing = np.where(candidates, self.missing(), 0)
        first = min(renders, int(missing.sum()))
        planned = _spread(first, missing.astype(np.float64))
        wanted = np.where(candidates, self._layout.targets, 0.0)
        if not wanted.any():
            wanted = candidates.astype(np.float64)
        planned += _spread(renders - first, wanted)
        found = {cell: int(planned[cell]) for cell in np.flatnonzero(planned).tolist()}
        for cell, count in found.items():
            self.take(cell, count)
        return found

    def take(self, cell: int, renders: int) -> None:
        """Count renders of a cell as planned."""
        self.planned[cell] += renders
        self._total += renders
        self.left -= renders


def _spread(renders: int, weights: Float64Array) -> IdArray:
    total = weights.sum()
    if renders == 0 or total <= 0.0:
        return np.zeros(len(weights), dtype=np.int64)
    return np.array(whole_numbers(weights / total, renders), dtype=np.int64)
