"""How a search is cut so that many workers take part, and none takes more memory than it may."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twinscore.base.memory import size_text
from twinscore.neighbors.block_plan import FEWEST_ROWS, bytes_around, bytes_of_row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.neighbors.block_problem import BlockProblem

MEETINGS = 4
"""Meetings of blocks for each worker: with fewer, some wait at the end; more prepare rows again."""


@dataclass(frozen=True, slots=True)
class SpreadPlan:
    """Into how many blocks the rows of each side are cut.

    Attributes
    ----------
    queries, reference
        Numbers of blocks; the same where both sides are one.
    """

    queries: int
    reference: int


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two blocks that meet, or a part of the first and the second.

    Attributes
    ----------
    first, second
        Numbers of the blocks.
    part, parts
        Which of how many parts of the first, which are of nearly one size.
    """

    first: int
    second: int
    part: int = 0
    parts: int = 1

    def rows(self, size: int) -> tuple[int, int]:
        """Return where the part begins and ends in a first block of so many rows."""
        return size * self.part // self.parts, size * (self.part + 1) // self.parts


def plan_spread(problem: BlockProblem, memory: int, workers: int) -> SpreadPlan:
    """Cut a search for workers.

    Parameters
    ----------
    problem
        What is searched.
    memory
        Bytes that a worker may take: two blocks, their sketches and lists.
    workers
        How many there are.

    Raises
    ------
    ValueError
        A worker cannot hold even small blocks; the message says what would do.
    """
    row = bytes_of_row(problem.reference, problem.k)
    around = bytes_around(problem)
    sides = (len(problem.queries), len(problem.reference))
    least = around + 2 * row * min(FEWEST_ROWS, max(sides))
    if memory < least:
        raise ValueError(
            f"expected memory of at least {size_text(least)} for each worker to search rows of "
            f"{problem.reference.shape[1]} columns for {problem.k:,} neighbors, "
            f"got {size_text(memory)}"
        )
    most_rows = (memory - around) // (2 * row)
    wanted = _wanted(workers, self_join=problem.self_join)

    def blocks(rows: int, wanted: int) -> int:
        return max(1, -(-rows // most_rows), min(wanted, rows // FEWEST_ROWS))

    return SpreadPlan(*map(blocks, sides, wanted))


def _wanted(workers: int, *, self_join: bool) -> tuple[int, int]:
    """Return the numbers of blocks at which workers have the least to do.

    Every meeting prepares its rows: where workers are few, that takes longer than comparing them.
    """
    if workers < 2 * MEETINGS:
        return (workers, workers) if self_join else (workers, 1)
    # Blocks that all meet each other, once for both, make half as many meetings.
    blocks = math.ceil(math.sqrt(MEETINGS * workers * (2 if self_join else 1)))
    return blocks, blocks


def starts_of(rows: int, blocks: int) -> list[int]:
    """Cut rows into blocks of nearly one size; returns where each begins, and the end."""
    return [rows * i // blocks for i in range(blocks + 1)]


def meetings_of(first: int, second: int, side: int) -> Iterator[tuple[int, int]]:
    """Walk through all pairs of blocks in squares, so that few blocks are on their way at a time.

    Parameters
    ----------
    first, second
        Numbers of blocks.
    side
        Of a square, in blocks.
    """
    for i in range(0, first, side):
        for j in range(0, second, side):
            for row in range(i, min(i + side, first)):
                for column in range(j, min(j + side, second)):
                    yield row, column


def shared_out(pairs: list[tuple[int, int]], workers: int) -> list[Meeting]:
    """Turn pairs of blocks into meetings so that all workers have as much to do.

    The pairs that are too few to go round once more, at the end, are cut into parts.
    """
    left = len(pairs) % workers
    parts = min(-(-workers // left), MEETINGS) if left else 1
    whole = len(pairs) - left
    return [Meeting(i, j) for i, j in pairs[:whole]] + [
        Meeting(i, j, part, parts) for i, j in pairs[whole:] for part in range(parts)
    ]
