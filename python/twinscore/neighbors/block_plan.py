"""How many rows of each side may be searched at a time, so that memory suffices.

What a row takes while two blocks meet, in bytes, k being the neighbors wanted, d the columns:

- its values, where they are read from a file or converted: 2 d or 4 d;
- its sketches, in the order of rows and in that of panels: at most 4 d each, less where the search
  is known better (`CommonGround.row_bytes`);
- its candidates and its list: at most 64 k + 256.

Lists of more ties than that are beyond the limit, as they are beyond any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twinscore.base.memory import size_text

if TYPE_CHECKING:
    from twinscore.base.arrays import PointMatrix
    from twinscore.neighbors.block_problem import BlockProblem
    from twinscore.neighbors.row_blocks import RowBlocks

AROUND = 8 << 20
"""Bytes that any search takes: what threads hold, and rows that are looked through."""

AROUND_COLUMN = 48 << 10
"""Bytes that any search takes for each column: samples of rows, and the axes found in them."""

FEWEST_ROWS = 1_024
"""Smaller blocks take longer to prepare than to search."""

SKETCH_BYTES = 8
CANDIDATE_BYTES = 64
PLACE_BYTES = 16
DIGEST_BYTES = 64
"""Of each reference row, while equal rows are looked for."""


@dataclass(frozen=True, slots=True)
class BlockPlan:
    """How a search is cut.

    Attributes
    ----------
    rows
        Rows of a block, of either side.
    whole
        One search of all rows fits.
    """

    rows: int
    whole: bool


def plan_blocks(problem: BlockProblem, memory: int, prepared_bytes: int | None = None) -> BlockPlan:
    """Cut a search so that it fits.

    Parameters
    ----------
    problem
        What is searched.
    memory
        Bytes that it may take, its answer included; arrays in memory are the caller's.
    prepared_bytes
        Of a row, beside its values; None for the most there may be.

    Raises
    ------
    ValueError
        Not even the answer and small blocks fit; the message says what would.
    """
    queries, columns = problem.queries.shape
    k, self_join = problem.k, problem.self_join
    row_bytes = bytes_of_row(problem.reference, k, prepared_bytes)
    answer = queries * (PLACE_BYTES * k + 8)
    # Of a self-join, the lists of all rows wait until the last block was met.
    lists = queries * (PLACE_BYTES * (k + 1) + 8) if self_join else 0
    fixed = bytes_around(problem)
    around = fixed + answer
    arranged = queries if self_join else queries + len(problem.reference)
    if around + arranged * row_bytes <= memory:
        return BlockPlan(arranged, whole=True)
    least = max(
        around + lists + 2 * min(FEWEST_ROWS, arranged) * row_bytes,
        fixed + DIGEST_BYTES * len(problem.reference),
    )
    if memory < least:
        raise ValueError(
            f"expected memory of at least {size_text(least)} to search "
            f"{len(problem.reference):,} rows of {columns} columns for {k:,} neighbors "
            f"of each of {queries:,}, got {size_text(memory)}"
        )
    return BlockPlan((memory - around - lists) // (2 * row_bytes), whole=False)


def bytes_of_row(rows: RowBlocks | PointMatrix, k: int, prepared_bytes: int | None = None) -> int:
    """Return what a row takes while two blocks meet; see `plan_blocks`."""
    columns: int = rows.shape[1]
    prepared = columns * SKETCH_BYTES
    if prepared_bytes is not None:
        prepared = min(prepared, prepared_bytes)
    item: int = rows.dtype.itemsize
    return columns * item + prepared + CANDIDATE_BYTES * k + 256


def bytes_around(problem: BlockProblem) -> int:
    """Return what a search takes however few its rows."""
    return AROUND + AROUND_COLUMN * problem.reference.shape[1]
