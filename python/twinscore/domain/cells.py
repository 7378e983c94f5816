"""Cells: the combinations of values, one of each condition, and how often each is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.domain.values import UNDECLARED, images_of

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray, Float64Array, IdArray
    from twinscore.domain.declaration import Clause, Domain

FITTING_ROUNDS, FITTED = 500, 1e-12

OUTSIDE = -1
"""Cell of an image with an undeclared value, or of an excluded kind."""


@dataclass(frozen=True, slots=True)
class Cells:
    """All combinations of declared values, in the order of their declaration.

    Attributes
    ----------
    domain
        What was declared.
    codes
        Shape (m, conditions): place of the value of each condition.
    targets
        Shape (m,): how often each is wanted; sums to 1, or to 0 where everything is excluded.
        Each value has its declared share, and conditions are independent but for what is excluded.
    allowed
        Shape (m,): False where excluded.
    """

    domain: Domain
    codes: IdArray
    targets: Float64Array
    allowed: BoolArray

    def __len__(self) -> int:
        """Return the number of cells."""
        return len(self.codes)

    def of(self, codes: IdArray) -> IdArray:
        """Return the cell of each image.

        Parameters
        ----------
        codes
            Shape (n, conditions), from `codes_of`.

        Returns
        -------
        Shape (n,), `OUTSIDE` where a value is not declared or the cell is excluded.
        """
        sizes = [len(condition.values) for condition in self.domain.conditions]
        declared = np.all(codes != UNDECLARED, axis=1)
        numbers = np.ravel_multi_index(tuple(np.where(declared[:, None], codes, 0).T), sizes)
        return np.where(declared & self.allowed[numbers], numbers, OUTSIDE).astype(np.int64)

    def share(self, place: int, code: int) -> float:
        """Return how often a value is wanted once what is excluded has been taken out."""
        return float(self.targets[self.codes[:, place] == code].sum())

    def values(self, cell: int) -> tuple[str, ...]:
        """Return the values of a cell, one of each condition."""
        return tuple(
            condition.values[code]
            for condition, code in zip(
                self.domain.conditions, self.codes[cell].tolist(), strict=True
            )
        )

    def name(self, cell: int) -> str:
        """Name a cell by its values."""
        return " / ".join(self.values(cell))


def cells_of(domain: Domain) -> Cells:
    """Lay out the cells of a domain."""
    sizes = [len(condition.values) for condition in domain.conditions]
    codes = np.indices(sizes).reshape(len(sizes), -1).T.astype(np.int64)
    allowed = ~np.any([np.zeros(len(codes), dtype=np.bool_), *_excluded(domain, codes)], axis=0)
    return Cells(domain, codes, _fitted(domain, codes, allowed), allowed)


def clause_cells(clause: Clause, domain: Domain, codes: IdArray) -> BoolArray | None:
    """Tell which cells lie wholly within a clause; None where it asks for other columns as well."""
    if any(domain.condition(name) is None for name, _ in clause.where):
        return None
    return images_of(clause, domain, {}, codes)


def _fitted(domain: Domain, codes: IdArray, allowed: BoolArray) -> Float64Array:
    """Give every value its declared share in spite of exclusions (Deming and Stephan 1940).

    Where these leave no such mix, the last one on the way is taken.
    """
    targets = allowed.astype(np.float64)
    for _ in range(FITTING_ROUNDS if not allowed.all() else 1):
        before = targets
        for place, condition in enumerate(domain.conditions):
            sums = np.bincount(codes[:, place], targets, minlength=len(condition.values))
            factors = np.divide(condition.shares, sums, out=np.zeros_like(sums), where=sums > 0.0)
            targets = targets * factors[codes[:, place]]
        if np.abs(targets - before).max() < FITTED:
            break
    total = targets.sum()
    return targets / total if total > 0.0 else targets


def _excluded(domain: Domain, codes: IdArray) -> list[BoolArray]:
    found = (clause_cells(clause, domain, codes) for clause in domain.excluded)
    return [cells for cells in found if cells is not None]
