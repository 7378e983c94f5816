"""Rows rounded to float32 so that products of them bracket squared distances.

**Bound.** Rows are moved to a common center c, scaled by a power of two s, and rounded:
x' = s (x - c) + a with |a| known. With u = 2^-24 and g = d u / (1 - d u), a float32 product of d
terms errs by at most g |q'| |r'|, whatever its order (Higham 2002, section 3.1, and
Cauchy-Schwarz). Half the squared distance of q' and r' is |q'|^2 / 2 + |r'|^2 / 2 - q'.r'; its
first term is common to all candidates of a query and left out. The value that is computed,
|r'|^2 / 2 - q'.r', then differs from that of the unrounded rows by at most

    e = (g + 8 u) |q'| |r'| + 8 u |r'|^2 + t (|q'| + |r'|) + t^2 + d 2^-125
        + 2 10^-12 (|q'| + |r'|)^2,    t = |a_q| + |a_r|

where 8 u covers the rounding of the norm, of the difference and of sums with e itself, and the
last term whatever hardware flushes to zero instead of keeping it below 2^-126: values below 2^-60
are rounded to zero beforehand, where |a| counts them, so that no product is that small. No value
exceeds 2^40: nothing overflows. The second line keeps what ties with a neighbor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.base.constants import TIE_TOLERANCE

if TYPE_CHECKING:
    from twinscore.base.arrays import Float64Array, FloatMatrix, IdArray, PointMatrix

UNIT_ROUNDOFF = 2.0**-24
LARGEST_EXPONENT = 40
SMALLEST_KEPT = 2.0**-60
CENTER_ROWS = 1_001
ROWS_AT_ONCE = 4_096


@dataclass(frozen=True, slots=True)
class Float32Rows:
    """Rounded rows, and how far they can be trusted.

    Attributes
    ----------
    values
        Shape (n, d): x'.
    norms, residuals
        Shape (n,): |x'|, and an upper bound of |a|.
    """

    values: FloatMatrix
    norms: Float64Array
    residuals: Float64Array

    def error_bounds(self, largest_norm: float, largest_residual: float) -> Float64Array:
        """Bound e for each of these rows as a query; shape (n,).

        Parameters
        ----------
        largest_norm, largest_residual
            Of the reference rows in question.
        """
        width = self.values.shape[1]
        product = width * UNIT_ROUNDOFF / (1.0 - width * UNIT_ROUNDOFF) + 8.0 * UNIT_ROUNDOFF
        total = self.residuals + largest_residual
        bounds = (
            product * self.norms * largest_norm
            + 8.0 * UNIT_ROUNDOFF * largest_norm**2
            + total * (self.norms + largest_norm)
            + total**2
            + width * 2.0**-125
            + 2.0 * TIE_TOLERANCE * (self.norms + largest_norm) ** 2
        )
        # A little more, for the rounding of this very formula.
        return np.asarray(1.01 * bounds, dtype=np.float64)


def center_of(points: PointMatrix) -> Float64Array:
    """Return the median of a spread of rows, shape (d,): no outlier moves it far."""
    step = max(1, len(points) // CENTER_ROWS)
    return np.asarray(np.median(points[::step].astype(np.float64), axis=0), dtype=np.float64)


def centered_norms(points: PointMatrix, center: Float64Array) -> Float64Array:
    """Return |x - c| of every row; shape (n,)."""
    norms = np.empty(len(points))
    for start in range(0, len(points), ROWS_AT_ONCE):
        part = points[start : start + ROWS_AT_ONCE].astype(np.float64) - center
        norms[start : start + ROWS_AT_ONCE] = np.sqrt(np.einsum("ij,ij->i", part, part))
    return norms


def scale_for(largest_norm: float) -> float:
    """Return the power of two that brings the largest norm to at most 2^40."""
    if largest_norm == 0.0:
        return 1.0
    return float(np.ldexp(1.0, LARGEST_EXPONENT - int(np.frexp(largest_norm)[1])))


def rounded_rows(
    points: PointMatrix, order: IdArray, center: Float64Array, scale: float
) -> Float32Rows:
    """Round rows of points, in the given order, as the module's bound describes."""
    values = np.empty((len(order), points.shape[1]), dtype=np.float32)
    norms, residuals = np.empty(len(order)), np.empty(len(order))
    for start in range(0, len(order), ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        wanted = (points[order[part]].astype(np.float64) - center) * scale
        rounded = wanted.astype(np.float32)
        rounded[np.abs(rounded) < SMALLEST_KEPT] = 0.0
        values[part] = rounded
        wanted -= rounded
        residuals[part] = np.sqrt(np.einsum("ij,ij->i", wanted, wanted))
        wide = rounded.astype(np.float64)
        norms[part] = np.sqrt(np.einsum("ij,ij->i", wide, wide))
    # The difference to the center was itself rounded, in float64.
    residuals = residuals * (1.0 + 1e-9) + 2.0**-50 * norms
    return Float32Rows(values, norms, residuals)
