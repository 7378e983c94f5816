"""Which rows are the same, bit for bit, where they do not fit into memory together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twinscore._core import kinds_of_digests, row_digests

if TYPE_CHECKING:
    import numpy.typing as npt

    from twinscore.neighbors.row_blocks import RowBlocks


def kinds_of(rows: RowBlocks, name: str, threads: int = 0) -> npt.NDArray[np.uint32]:
    """Give equal rows one number, in the order in which kinds of rows first appear.

    Rows are told apart by digests of 128 bits: two of 2^40 share one by chance once in 2^49 times.

    Parameters
    ----------
    rows
        n rows, all of which are read.
    name
        What they are, for messages.
    threads
        0 for all that the process may use.

    Returns
    -------
    Shape (n,), uint32: the kind of each row.

    Raises
    ------
    ValueError
        A row is not finite.
    """
    digests = np.empty((len(rows), 2), dtype=np.uint64)
    for start, block in rows.blocks(rows.rows_at_once):
        digests[start : start + len(block)] = row_digests(block, name, start, threads)
    return kinds_of_digests(digests)
