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


def copies_among(points: FloatMatrix, codes: IdArray, is_real: BoolArray) -> Copies:
    """Count the synthetic points that equal a real one, and those that equal a synthetic one.

    Parameters
    ----------
    points
        Shape (n, d), float32.
    codes
        Shape (n,): equal for points of one group.
    is_real
        Shape (n,).
    """
    if not len(points):
        return Copies(0, 0)
    # -0.0 equals 0.0, and their bytes do not.
    rows = np.ascontiguousarray(points + np.float32(0.0))
    keys = rows.view(np.dtype((np.void, rows.dtype.itemsize * rows.shape[1])))[:, 0]
    kinds = np.unique(keys, return_inverse=True)[1]
    has_real = np.bincount(kinds, is_real) > 0
    kinds, codes = kinds[~is_real], codes[~is_real]
    pairs = np.unique(np.stack([kinds, codes]), axis=1)
    groups = np.bincount(pairs[0], minlength=len(has_real))
    return Copies(int(np.count_nonzero(has_real[kinds])), int(np.count_nonzero(groups[kinds] > 1)))
