"""Distances that count as one, in lists that are put together from several searches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twinscore.base.constants import TIE_TOLERANCE

if TYPE_CHECKING:
    from twinscore.base.arrays import Float64Array


def tied_equal(distances: Float64Array) -> Float64Array:
    """Make distances that tie with the nearest of their run equal to it, as a search does.

    Parameters
    ----------
    distances
        Shape (n, m), ascending along rows.
    """
    tied = distances.copy()
    for column in range(1, tied.shape[1]):
        anchor = tied[:, column - 1]
        is_tied = distances[:, column] <= anchor * (1.0 + TIE_TOLERANCE)
        tied[is_tied, column] = anchor[is_tied]
    return tied
