"""What a stream can say of the items just given: how real each of them looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray, Float64Array


@dataclass(frozen=True, slots=True)
class BatchAnswers:
    """How real each item of one batch looks, in the order of the batch.

    What the stream has seen of an item before says nothing about it: points with the very same
    values, and the one kept under its id, are not among its neighbors.

    Attributes
    ----------
    relative_distance
        Shape (n,), float64: distance to the nearest real image over the distance that is usual
        there between real images. About 1 for an item that could be one of them, large where it
        gives itself away, 0 for an exact copy of a real image. It depends on the item and the real
        side alone. NaN for an item that was left out because it could not be read, and where all
        real images are copies of one.
    real_share
        Shape (n,), float64: share of real images among the k nearest of the pool that holds the
        real images and the synthetic ones kept so far, the rest of this batch included. It says
        how the item sits among those: read it where these are a fair sample of all, and both sides
        about equally large. NaN where fewer than k synthetic images are kept beside the item, and
        for an item that was left out.
    kept
        Shape (n,), bool: whether the item is kept in the reservoir for now.
    """

    real_share: Float64Array
    relative_distance: Float64Array
    kept: BoolArray

    @classmethod
    def unknown(cls, count: int) -> BatchAnswers:
        """Return answers to be filled in."""
        return cls(np.full(count, np.nan), np.full(count, np.nan), np.zeros(count, np.bool_))

    @property
    def distance_ratio(self) -> Float64Array:
        """The former name of `relative_distance`; a result's `distance_ratio` is another figure."""
        return self.relative_distance

    def __len__(self) -> int:
        """Return the number of items."""
        return len(self.kept)
