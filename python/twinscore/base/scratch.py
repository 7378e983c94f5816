"""Arrays that lie in a temporary file instead of in memory."""

from __future__ import annotations

import math
import os
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterable

ROWS_AT_ONCE = 8_192


def scratch_matrix(shape: tuple[int, int], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """Make a matrix in a temporary file, which goes when the matrix does.

    The file lies where temporary files do (``TMPDIR``), and has no name.

    Raises
    ------
    OSError
        There is no room for it.
    """
    with TemporaryFile(prefix="twinscore-") as file:
        # A mapped page without room on the disk would end the process.
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, math.prod(shape) * np.dtype(dtype).itemsize)
        return np.memmap(file, dtype=dtype, mode="w+", shape=shape)


def stacked_on_disk(parts: Iterable[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    """Put matrices under each other in a temporary file, some rows at a time.

    Parameters
    ----------
    parts
        Shapes (n_i, d).

    Returns
    -------
    Shape (n, d), of the type that `numpy.concatenate` gives.
    """
    matrices = list(parts)
    shape = (sum(map(len, matrices)), matrices[0].shape[1])
    stacked = scratch_matrix(shape, np.result_type(*matrices))
    first = 0
    for matrix in matrices:
        for start in range(0, len(matrix), ROWS_AT_ONCE):
            rows = matrix[start : start + ROWS_AT_ONCE]
            stacked[first + start : first + start + len(rows)] = rows
        first += len(matrix)
    return stacked
