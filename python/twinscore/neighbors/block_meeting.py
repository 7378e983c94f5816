"""Two blocks of rows meet: the part of an exact search that anyone can do who holds them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from twinscore._core import meet_blocks
from twinscore.neighbors.backends.exact import KERNEL_VARIABLE, SCREEN_VARIABLE
from twinscore.neighbors.shortlists import Shortlists

if TYPE_CHECKING:
    from twinscore._core import PreparedBlock as CoreBlock
    from twinscore.base.arrays import Float64Array, IdArray, PointMatrix
    from twinscore.base.progress import ProgressCallback
    from twinscore.neighbors.prepared_blocks import PreparedBlock

    Limited = tuple[PreparedBlock, Float64Array | None]
    """A block, and how far the k-th neighbor of each row is at most; None where nobody knows."""


def meeting(
    first: Limited,
    second: Limited | None,
    k: int,
    *,
    for_both: bool,
    threads: int,
    progress: ProgressCallback | None = None,
) -> tuple[Shortlists, Shortlists | None]:
    """Let a block meet another, or itself.

    Parameters
    ----------
    first
        Who asks.
    second
        Who is asked; None for the first.
    k
        Neighbors wanted.
    for_both
        Whether the second asks as well.
    threads
        0 for all that the process may use.
    progress
        Called now and then with (done, total).

    Returns
    -------
    What the first found, and the second where it asked.
    """

    def arrays(
        limited: Limited,
    ) -> tuple[PointMatrix, int, IdArray | None, Float64Array | None, CoreBlock]:
        prepared, limits = limited
        block = prepared.block
        return block.rows, block.first, block.groups, limits, prepared.core

    found, of_second = meet_blocks(
        arrays(first),
        None if second is None else arrays(second),
        k,
        for_both,
        os.environ.get(KERNEL_VARIABLE, ""),
        os.environ.get(SCREEN_VARIABLE, ""),
        threads,
        progress,
    )
    return Shortlists(*found), None if of_second is None else Shortlists(*of_second)
