"""P-values of several tests at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from twinscore.base.arrays import Float64Array


def holm(p_values: Float64Array) -> Float64Array:
    """Correct p-values for their number, whatever their dependence (Holm 1979).

    Parameters
    ----------
    p_values
        Shape (m,); NaN where nothing was tested, which counts for nothing and stays NaN.
    """
    adjusted = np.full(len(p_values), np.nan)
    tested = np.flatnonzero(~np.isnan(p_values))
    order = tested[np.argsort(p_values[tested], kind="stable")]
    factors = len(order) - np.arange(len(order))
    adjusted[order] = np.minimum(np.maximum.accumulate(p_values[order] * factors), 1.0)
    return adjusted
