"""How far two sets of points lie apart: finer than a score, and quick on few points.

Source: Székely and Rizzo 2013, the energy distance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from twinscore.base.arrays import Float64Array, PointMatrix


def energy_distance(first: PointMatrix, second: PointMatrix) -> float:
    """Return twice the mean distance across, less the mean distances within.

    Parameters
    ----------
    first, second
        Shapes (n, d) and (m, d), at least two rows each.

    Returns
    -------
    float
        In the unit of the points. Its expectation is 0 for points of one distribution: a sample
        may fall below.
    """
    across = float(_distances(first, second).mean())
    return 2.0 * across - _mean_within(first) - _mean_within(second)


def _mean_within(points: PointMatrix) -> float:
    count = len(points)
    return float(_distances(points, points).sum()) / (count * (count - 1))


def _distances(first: PointMatrix, second: PointMatrix) -> Float64Array:
    left, right = first.astype(np.float64), second.astype(np.float64)
    squared = (
        np.square(left).sum(axis=1)[:, None]
        + np.square(right).sum(axis=1)[None, :]
        - 2.0 * left @ right.T
    )
    return np.asarray(np.sqrt(np.maximum(squared, 0.0)), dtype=np.float64)
