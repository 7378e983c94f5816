"""The question that is put to a backend; refuses those without an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray, IdArray, PointMatrix

ROWS_AT_ONCE = 8_192


@dataclass(frozen=True, slots=True)
class SearchProblem:
    """Which points are wanted, and for whom.

    Attributes
    ----------
    queries, reference
        Shapes (n, d) and (m, d), of one type, float32 or float16, each row in one piece.
    k
        Neighbors wanted per query, at least 1.
    query_groups, reference_groups
        Lengths n and m, from 0 on, or None: reference rows of the query's group are no candidates.
    self_join
        Query i is reference row i, and no candidate of its own.
    """

    queries: PointMatrix
    reference: PointMatrix
    k: int
    query_groups: IdArray | None = None
    reference_groups: IdArray | None = None
    self_join: bool = False

    def check(self) -> None:
        """Check what the exact backend checks by itself, with its words.

        Raises
        ------
        ValueError
            Where widths differ, a query has fewer than k candidates, or a value is not finite.
        """
        self.check_candidates()
        check_finite(self.reference, "reference")
        if not self.self_join:
            check_finite(self.queries, "queries")

    def check_candidates(self) -> None:
        """Check all that can be told without a look at the values.

        Raises
        ------
        ValueError
            Where widths differ, or a query has fewer than k candidates.
        """
        if self.queries.shape[1] != self.reference.shape[1]:
            raise ValueError(
                f"expected queries as wide as the reference ({self.reference.shape[1]}), "
                f"got {self.queries.shape[1]} columns"
            )
        if self.reference.shape[1] == 0:
            raise ValueError("expected at least one column, got none")
        candidates = len(self.reference) - self.forbidden_counts()
        few = np.flatnonzero(candidates < self.k)
        if len(few):
            raise ValueError(
                f"expected k of at most {candidates[few[0]]}, the number of candidates of query "
                f"row {few[0]}, got k = {self.k}"
            )

    def forbidden_counts(self) -> IdArray:
        """Count the reference rows that each query may not have; shape (n,)."""
        if self.query_groups is None or self.reference_groups is None:
            return np.full(len(self.queries), int(self.self_join), dtype=np.int64)
        groups = 1 + max(self.query_groups.max(initial=0), self.reference_groups.max(initial=0))
        sizes = np.bincount(self.reference_groups, minlength=groups)
        return np.asarray(sizes[self.query_groups], dtype=np.int64)

    def forbidden(self, rows: IdArray, ids: IdArray) -> BoolArray:
        """Tell which reference rows are no candidates of which queries.

        Parameters
        ----------
        rows, ids
            Query and reference rows, of shapes that broadcast.
        """
        if self.query_groups is not None and self.reference_groups is not None:
            return np.asarray(self.query_groups[rows] == self.reference_groups[ids])
        if self.self_join:
            return np.asarray(rows == ids)
        return np.zeros(np.broadcast_shapes(rows.shape, ids.shape), dtype=np.bool_)


def check_finite(matrix: PointMatrix, name: str, first_row: int = 0) -> None:
    """Raise ValueError, naming the row, where one is not finite.

    Parameters
    ----------
    matrix
        Shape (n, d).
    name
        What the rows are.
    first_row
        The number of the first of them.
    """
    for start in range(0, len(matrix), ROWS_AT_ONCE):
        finite = np.isfinite(matrix[start : start + ROWS_AT_ONCE]).all(axis=1)
        if not finite.all():
            raise ValueError(
                "expected finite values, got NaN or infinity in row "
                f"{first_row + start + int(np.argmin(finite))} of {name}"
            )
