"""The question of a search whose rows are read block by block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.neighbors.problem import SearchProblem

if TYPE_CHECKING:
    from twinscore.base.arrays import IdArray, PointMatrix
    from twinscore.neighbors.row_blocks import RowBlocks


@dataclass(frozen=True, slots=True)
class BlockProblem:
    """Which points are wanted, and for whom; see `SearchProblem`."""

    queries: RowBlocks
    reference: RowBlocks
    k: int
    query_groups: IdArray | None = None
    reference_groups: IdArray | None = None
    self_join: bool = False

    def check_candidates(self) -> None:
        """Refuse questions without an answer; values are not looked at.

        Raises
        ------
        ValueError
            As `SearchProblem.check_candidates`.
        """
        SearchProblem(
            _outline(self.queries),
            _outline(self.reference),
            self.k,
            self.query_groups,
            self.reference_groups,
            self.self_join,
        ).check_candidates()

    def whole(self) -> SearchProblem:
        """Read all rows."""
        reference = self.reference.read(0, len(self.reference))
        queries = reference if self.self_join else self.queries.read(0, len(self.queries))
        return SearchProblem(
            queries, reference, self.k, self.query_groups, self.reference_groups, self.self_join
        )


def _outline(rows: RowBlocks) -> PointMatrix:
    """Return a matrix of the same form that takes no memory."""
    return np.broadcast_to(np.zeros((), rows.dtype), rows.shape)
