"""Which rows hang together by pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from twinscore.base.arrays import IdArray


def linked(pairs: IdArray, points: int) -> IdArray:
    """Label each row by the smallest row it is linked to.

    Parameters
    ----------
    pairs
        Shape (m, 2): rows.
    points
        Number of rows.
    """
    labels = np.arange(points, dtype=np.int64)
    while True:
        before = labels.copy()
        smallest = np.minimum(labels[pairs[:, 0]], labels[pairs[:, 1]])
        for column in (0, 1):
            np.minimum.at(labels, pairs[:, column], smallest)
            np.minimum.at(labels, before[pairs[:, column]], smallest)
        labels = labels[labels]
        if np.array_equal(labels, before):
            return labels
