"""What the blocks of one search share, so that each is prepared once: found on a sample of rows."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore._core import CommonGround
from twinscore.neighbors.backends.exact import KERNEL_VARIABLE, SCREEN_VARIABLE

if TYPE_CHECKING:
    from twinscore.base.arrays import IdArray, PointMatrix
    from twinscore.neighbors.block_problem import BlockProblem
    from twinscore.neighbors.row_blocks import RowBlocks

MOST_ROWS = 16_384
"""Of each side: enough to know the axes, and about how far neighbors are."""

PART_OF_MEMORY = 8
"""The sample takes no more than one part in so many of what a search may take."""


@dataclass(frozen=True, slots=True)
class SampledProblem:
    """A sample of a search, which tells how blocks of it are best prepared.

    Attributes
    ----------
    queries, reference
        Rows of both sides, evenly spread; the same array where the sides are one.
    k
        As many neighbors among these as tell about the k wanted among all.
    query_groups, reference_groups
        Of these rows, or None.
    self_join
        Both sides are one.
    size
        Numbers of queries and of reference rows of the whole search.
    """

    queries: PointMatrix
    reference: PointMatrix
    k: int
    query_groups: IdArray | None
    reference_groups: IdArray | None
    self_join: bool
    size: tuple[int, int]

    def ground(self, threads: int) -> CommonGround:
        """Find what blocks share; the same for the same sample and instruction set.

        Parameters
        ----------
        threads
            0 for all that the process may use.
        """
        return CommonGround(
            self.queries,
            self.reference,
            self.k,
            self.self_join,
            self.query_groups,
            self.reference_groups,
            self.size,
            os.environ.get(KERNEL_VARIABLE, ""),
            os.environ.get(SCREEN_VARIABLE, ""),
            threads,
        )


def sampled(problem: BlockProblem, memory: int) -> SampledProblem | None:
    """Draw a sample of both sides; None where there is nothing to draw from.

    Parameters
    ----------
    problem
        That was checked.
    memory
        Bytes that its search may take.
    """
    size = len(problem.queries), len(problem.reference)
    if 0 in size:
        return None
    row = max(1, problem.reference.shape[1] * problem.reference.dtype.itemsize)
    most = max(1, min(MOST_ROWS, memory // PART_OF_MEMORY // row))
    reference, reference_groups = _some(problem.reference, problem.reference_groups, most)
    queries, query_groups = reference, reference_groups
    if not problem.self_join:
        queries, query_groups = _some(problem.queries, problem.query_groups, most)
    k = -(-problem.k * len(reference) // size[1])
    return SampledProblem(
        queries, reference, k, query_groups, reference_groups, problem.self_join, size
    )


def _some(rows: RowBlocks, groups: IdArray | None, most: int) -> tuple[PointMatrix, IdArray | None]:
    count = min(most, len(rows))
    chosen = np.arange(count, dtype=np.int64) * len(rows) // count
    return rows.choose(chosen).read(0, count), None if groups is None else groups[chosen]
