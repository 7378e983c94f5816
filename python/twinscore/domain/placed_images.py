"""Images in the cells of a domain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.domain.cells import OUTSIDE, Cells, cells_of
from twinscore.domain.match import ConditionMatch, match_condition
from twinscore.domain.values import codes_of, images_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.base.arrays import BoolArray, IdArray
    from twinscore.domain.declaration import Clause, Domain
    from twinscore.domain.values import Columns


@dataclass(frozen=True, slots=True)
class PlacedImages:
    """Which cell each image is in.

    Attributes
    ----------
    domain, layout
        What was declared, and its cells.
    columns
        Of the images, each of length n.
    codes
        Shape (n, conditions): place of each value among the declared ones.
    excluded
        Shape (n,): images of a kind that was excluded.
    cells
        Shape (n,): number of the cell, `OUTSIDE` for none.
    """

    domain: Domain
    layout: Cells
    columns: Columns
    codes: IdArray
    excluded: BoolArray
    cells: IdArray

    @property
    def counts(self) -> IdArray:
        """Shape (m,): images in each cell."""
        return np.bincount(self.cells[self.cells != OUTSIDE], minlength=len(self.layout))

    def showing(self, clause: Clause) -> BoolArray:
        """Find the images that a clause describes, shape (n,)."""
        return images_of(clause, self.domain, self.columns, self.codes)

    def matches(self, groups: IdArray) -> Iterator[ConditionMatch]:
        """Compare the values of each condition with what was declared.

        Parameters
        ----------
        groups
            Shape (n,): images of one group were drawn together.
        """
        for place, condition in enumerate(self.domain.conditions):
            column = self.columns.get(condition.column, (None,) * len(self.cells))
            yield match_condition(condition, self.codes[:, place], column, self.excluded, groups)


def place_images(domain: Domain, columns: Columns, images: int) -> PlacedImages:
    """Find the cell of each image.

    Parameters
    ----------
    domain
        What was declared.
    columns
        Of the images, each of length `images`; None for an image without a value.
    images
        How many there are.
    """
    layout, codes = cells_of(domain), codes_of(domain, columns, images)
    excluded = np.zeros(images, dtype=np.bool_)
    for clause in domain.excluded:
        excluded |= images_of(clause, domain, columns, codes)
    cells = np.where(excluded, OUTSIDE, layout.of(codes))
    return PlacedImages(domain, layout, columns, codes, excluded, cells)
