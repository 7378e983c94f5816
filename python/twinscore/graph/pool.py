"""Both sides as one set of points."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from twinscore.base.scratch import stacked_on_disk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twinscore.base.arrays import BoolArray, IdArray, PointMatrix
    from twinscore.embedding.records import Embeddings


@dataclass(frozen=True, slots=True)
class Pool:
    """Both sides as one set of points; the real ones come first.

    Attributes
    ----------
    vectors
        Shape (n, d), float32 or float16.
    is_real
        Shape (n,).
    groups
        Shape (n,), 0 .. g-1, those of the real side first; None when every image stands for
        itself.
    """

    vectors: PointMatrix
    is_real: BoolArray
    groups: IdArray | None
    _members: IdArray = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if self.groups is not None:
            object.__setattr__(self, "_members", _members_in_order(self.vectors, self.groups))

    @property
    def units(self) -> IdArray:
        """Shape (n,), 0 .. u-1: what counts as one, a group or an image."""
        return np.arange(len(self.vectors)) if self.groups is None else self.groups

    @property
    def unit_is_real(self) -> BoolArray:
        """Shape (u,): side of each unit."""
        if self.groups is None:
            return self.is_real
        return np.bincount(self.groups, self.is_real) > 0

    @property
    def is_balanced(self) -> bool:
        """Whether there are as many real as synthetic units."""
        unit_is_real = self.unit_is_real
        return 2 * int(np.count_nonzero(unit_is_real)) == len(unit_is_real)

    def draw(self, random: np.random.Generator) -> IdArray:
        """Draw one random member of each unit; shape (u,), rows of the pool."""
        if self.groups is None:
            return np.arange(len(self.vectors))
        sizes = np.bincount(self.groups)
        firsts = np.cumsum(sizes) - sizes
        rows: IdArray = self._members[firsts + random.integers(sizes)]
        return rows

    @property
    def first_members(self) -> IdArray:
        """Shape (u,), rows of the pool: a member of each unit that its content alone chooses."""
        if self.groups is None:
            return np.arange(len(self.vectors))
        sizes = np.bincount(self.groups)
        rows: IdArray = self._members[np.cumsum(sizes) - sizes]
        return rows

    def check_neighbor_count(self, k: int) -> None:
        """Raise ValueError where no unit has k others, or k is not positive."""
        check_neighbor_count(k, len(self.unit_is_real), grouped=self.groups is not None)


def pool_of(real: Embeddings, synthetic: Embeddings, k: int, *, on_disk: bool = False) -> Pool:
    """Pool two sides.

    Parameters
    ----------
    real, synthetic
        Of one model. Groups are separate per side: equal names on both sides are two groups.
    k
        Neighbors that each image shall have.
    on_disk
        The points of the pool shall lie in a temporary file instead of in memory.

    Raises
    ------
    ValueError
        Where a side has fewer than two images or groups, widths differ, or k is too large.
    """
    for side, embeddings in (("real", real), ("synthetic", synthetic)):
        check_side(side, len(embeddings.vectors), embeddings.groups)
    widths = real.vectors.shape[1], synthetic.vectors.shape[1]
    if widths[0] != widths[1]:
        raise ValueError(
            f"expected synthetic embeddings as wide as the real ones ({widths[0]}), "
            f"got {widths[1]}: both sides must come from the same model"
        )
    groups = None
    if real.groups is not None or synthetic.groups is not None:
        real_ids = _group_ids(real)
        groups = np.concatenate([real_ids, _group_ids(synthetic) + real_ids.max() + 1])
    is_real = np.arange(len(real.vectors) + len(synthetic.vectors)) < len(real.vectors)
    stacked = stacked_on_disk if on_disk else np.concatenate
    pool = Pool(stacked([real.vectors, synthetic.vectors]), is_real, groups)
    pool.check_neighbor_count(k)
    return pool


def check_side(side: str, images: int, groups: Sequence[str | None] | None) -> None:
    """Refuse a side that is too small to be scored.

    Parameters
    ----------
    side
        "real" or "synthetic".
    images
        Number of images.
    groups
        The group of each image, None for one that stands for itself; None where none has any.

    Raises
    ------
    ValueError
        There are fewer than two images or groups.
    """
    if images < 2:
        raise ValueError(
            f"expected at least 2 {side} images, got {images}: a score of so few says nothing"
        )
    if groups is not None and groups[0] is not None and len(set(groups)) < 2:
        raise ValueError(
            f"expected at least 2 groups of {side} images, got 1 ({groups[0]!r}): "
            "images of one group count as one"
        )


def check_neighbor_count(k: int, units: int, *, grouped: bool) -> None:
    """Refuse a k that is not positive, or for which no unit has enough others.

    Parameters
    ----------
    k
        Neighbors wanted.
    units
        Images of both sides, or groups.
    grouped
        Whether units are groups.

    Raises
    ------
    ValueError
        k is out of range.
    """
    if k < 1:
        raise ValueError(f"expected k of at least 1, got {k}")
    if k >= units:
        raise ValueError(
            f"expected k of at most {units - 1:,}, one less than the {units:,} "
            f"{'groups' if grouped else 'images'} of both sides, got k = {k}"
        )


def _members_in_order(vectors: PointMatrix, groups: IdArray) -> IdArray:
    """Sort rows by group, and by content within: draws depend on no order of rows."""
    rows = np.ascontiguousarray(vectors)
    contents = rows.view(np.dtype((np.void, rows.itemsize * rows.shape[1]))).ravel()
    order = np.argsort(contents, kind="stable")
    members: IdArray = order[np.argsort(groups[order], kind="stable")]
    return members


def _group_ids(side: Embeddings) -> IdArray:
    if side.groups is None:
        return np.arange(len(side.vectors), dtype=np.int64)
    return np.unique(np.asarray(side.groups), return_inverse=True)[1].astype(np.int64)
