"""Rows of one matrix that grows: when room runs out they are copied to a larger one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from twinscore.base.arrays import FloatMatrix, IdArray


class PoolRows:
    """The vectors of a pool: real rows first, then those of the reservoir.

    Parameters
    ----------
    rows
        Shape (n, d), float32: the first rows; copied.
    most
        Rows there will ever be.
    """

    def __init__(self, rows: FloatMatrix, most: int) -> None:
        self._most = most
        self._rows = np.array(rows, dtype=np.float32, order="C")

    @property
    def width(self) -> int:
        """Length of a row."""
        return int(self._rows.shape[1])

    def reserve(self, count: int) -> None:
        """Make room for this many rows in all."""
        if count > len(self._rows):
            # A quarter more, so that growing row by row costs no more than a few copies.
            room = max(count, min(count + count // 4, self._most))
            grown = np.empty((room, self.width), dtype=np.float32)
            grown[: len(self._rows)] = self._rows
            self._rows = grown

    def view(self, start: int, stop: int) -> FloatMatrix:
        """Return rows in place."""
        return self._rows[start:stop]

    def rows(self, places: IdArray) -> FloatMatrix:
        """Return a copy of some rows."""
        return self._rows[places]

    def write(self, places: IdArray, values: FloatMatrix) -> None:
        """Overwrite some rows."""
        self._rows[places] = values
