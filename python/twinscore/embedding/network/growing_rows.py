"""Vectors collected one by one without knowing how many will come."""

from __future__ import annotations

from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from twinscore.base.arrays import FloatMatrix

_FIRST_ROWS = 64


class Rows(Protocol):
    """Vectors that are collected."""

    def append(self, row: FloatMatrix) -> None:
        """Add a row, shape (dimension,)."""

    def finish(self) -> FloatMatrix:
        """Return the rows, float32; nothing may be appended afterwards."""


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


class RowsOnDisk:
    """Rows appended to a temporary file without a name, which goes when they do.

    Parameters
    ----------
    dimension
        Of a row.
    """

    def __init__(self, dimension: int) -> None:
        self._dimension = dimension
        self._count = 0
        # Kept open until all rows are there; the array that is mapped then keeps it.
        self._file = TemporaryFile(prefix="twinscore-")  # noqa: SIM115

    def append(self, row: FloatMatrix) -> None:
        """Add a row, shape (dimension,)."""
        self._file.write(np.asarray(row, dtype=np.float32).tobytes())
        self._count += 1

    def finish(self) -> FloatMatrix:
        """Return the rows, float32, mapped into memory; nothing may be appended afterwards."""
        with self._file as file:
            if not self._count:
                return np.empty((0, self._dimension), dtype=np.float32)
            file.flush()
            return np.memmap(
                file, dtype=np.float32, mode="r+", shape=(self._count, self._dimension)
            )
