"""Rows that are read block by block, from memory or from mapped files."""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from twinscore.base.arrays import IdArray, PointMatrix

READ_AT_ONCE = 1 << 22
"""Bytes that are read at a time where rows are looked at one after another."""


@dataclass(frozen=True, slots=True)
class RowBlocks:
    """A matrix that lies in one or several arrays, one under the other.

    Attributes
    ----------
    parts
        Shapes (n_i, d): floating-point numbers, in memory or mapped.
    dtype
        What rows are read as, float32 or float16.
    chosen
        Shape (n,), ascending: the rows that count; None for all.
    """

    parts: tuple[npt.NDArray[Any], ...]
    dtype: np.dtype[Any]
    chosen: IdArray | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of rows and columns."""
        rows = sum(map(len, self.parts)) if self.chosen is None else len(self.chosen)
        return rows, self.parts[0].shape[1]

    def __len__(self) -> int:
        """Return the number of rows."""
        return self.shape[0]

    def as_type(self, dtype: np.dtype[Any]) -> RowBlocks:
        """Return the same rows, read as another type."""
        return RowBlocks(self.parts, dtype, self.chosen)

    def choose(self, rows: IdArray | None) -> RowBlocks:
        """Return some of the rows; None stands for all."""
        if rows is None:
            return self
        return RowBlocks(self.parts, self.dtype, rows if self.chosen is None else self.chosen[rows])

    def read(self, start: int, stop: int) -> PointMatrix:
        """Return rows from one up to another; what was mapped is copied and let go."""
        if self.chosen is not None:
            return self._picked(self.chosen[start:stop])
        stop = min(stop, len(self))
        if len(self.parts) == 1:
            return _read(self.parts[0], slice(start, stop), self.dtype)
        rows: PointMatrix = np.empty((stop - start, self.shape[1]), self.dtype)
        for first, part in self._placed():
            begin, end = max(start, first), min(stop, first + len(part))
            if begin < end:
                piece = slice(begin - first, end - first)
                rows[begin - start : end - start] = _read(part, piece, self.dtype)
        return rows

    def blocks(self, rows: int) -> Iterator[tuple[int, PointMatrix]]:
        """Walk through all rows, so many at a time; gives the number of the first with them."""
        for start in range(0, len(self), rows):
            yield start, self.read(start, start + rows)

    @property
    def rows_at_once(self) -> int:
        """How many rows are read at a time where they are only looked at."""
        return max(1, READ_AT_ONCE // max(1, self.shape[1] * self.dtype.itemsize))

    def _placed(self) -> Iterator[tuple[int, npt.NDArray[Any]]]:
        first = 0
        for part in self.parts:
            yield first, part
            first += len(part)

    def _picked(self, rows: IdArray) -> PointMatrix:
        picked: PointMatrix = np.empty((len(rows), self.shape[1]), self.dtype)
        for first, part in self._placed():
            here = (rows >= first) & (rows < first + len(part))
            if here.any():
                picked[here] = part[rows[here] - first]
                _let_go(part)
        return picked


def row_blocks(values: npt.NDArray[Any]) -> RowBlocks:
    """Take a matrix of floating-point numbers: float16 is kept, all else is read as float32."""
    dtype = np.dtype(np.float16 if values.itemsize == 2 else np.float32)
    return RowBlocks((values,), dtype)


def _read(part: npt.NDArray[Any], rows: slice, dtype: np.dtype[Any]) -> PointMatrix:
    values = part[rows]
    with np.errstate(over="ignore"):
        if _mapping_of(part) is not None:
            values = np.array(values, dtype, order="C")
            _let_go(part)
            return values
        return np.ascontiguousarray(values, dtype)


def _let_go(part: npt.NDArray[Any]) -> None:
    """Give mapped pages back to the system, which keeps them in its cache as long as it likes."""
    mapping = _mapping_of(part)
    if mapping is not None and hasattr(mmap, "MADV_DONTNEED"):
        mapping.madvise(mmap.MADV_DONTNEED)


def _mapping_of(array: npt.NDArray[Any]) -> mmap.mmap | None:
    """Return the mapped file an array lies in, unless changes of it are in memory alone."""
    base: Any = array
    while isinstance(base, np.ndarray):
        if isinstance(base, np.memmap):
            mapping = getattr(base, "_mmap", None)
            return mapping if isinstance(mapping, mmap.mmap) and base.mode != "c" else None
        base = base.base
    return None
