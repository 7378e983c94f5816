"""Which synthetic points have the very values of others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray, FloatMatrix, IdArray


@dataclass(frozen=True, slots=True)
class Copies:
    """Synthetic images with exactly the embedding of another one.

    Attributes
    ----------
    of_real
        Of a real image.
    of_synthetic
        Of a synthetic image that is not of their group.
    """

    of_real: int
    of_synthetic: int


def copies_among(points: FloatMatrix, rows: IdArray, codes: IdArray, is_real: BoolArray) -> Copies:
    """Count the synthetic points that equal a real one, and those that equal a synthetic one.

    Parameters
    ----------
    points
        Shape (n, d), float32.
    rows
        Of the points that may equal another one; the others do not.
    codes
        Shape (n,): equal for points of one group.
    is_real
        Shape (n,).
    """
    numbers: dict[bytes, int] = {}
    # -0.0 equals 0.0, and their bytes do not.
    kinds = np.array(
        [numbers.setdefault((points[row] + 0.0).tobytes(), len(numbers)) for row in rows.tolist()],
        dtype=np.int64,
    )
    of_real = is_real[rows]
    has_real = np.bincount(kinds, of_real, minlength=len(numbers)) > 0
    kinds, groups = kinds[~of_real], codes[rows[~of_real]]
    pairs = np.unique(np.stack([kinds, groups]), axis=1)
    count = np.bincount(pairs[0], minlength=len(numbers))
    return Copies(int(np.count_nonzero(has_real[kinds])), int(np.count_nonzero(count[kinds] > 1)))
