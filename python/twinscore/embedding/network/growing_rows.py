"""Vectors collected one by one without knowing how many will come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from twinscore.base.arrays import FloatMatrix

_FIRST_ROWS = 64


class GrowingRows:
    """Rows appended to one array, which is moved by the allocator rather than held twice.

    Parameters
    ----------
    dimension
        Of a row.
    capacity
        Rows expected; there may be more or fewer.
    """

    def __init__(self, dimension: int, capacity: int) -> None:
        self._rows = np.empty((capacity, dimension), dtype=np.float32)
        self._count = 0

    def append(self, row: FloatMatrix) -> None:
        """Add a row, shape (dimension,)."""
        if self._count == len(self._rows):
            self._resize(max(_FIRST_ROWS, 2 * self._count))
        self._rows[self._count] = row
        self._count += 1

    def finish(self) -> FloatMatrix:
        """Return the rows, float32; nothing may be appended afterwards."""
        self._resize(self._count)
        return self._rows

    def _resize(self, count: int) -> None:
        self._rows.resize((count, self._rows.shape[1]), refcheck=False)
