"""Which rows are the same, bit for bit, where they do not fit into memory together."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from twinscore.neighbors.problem import check_finite

if TYPE_CHECKING:
    import numpy.typing as npt

    from twinscore.neighbors.row_blocks import RowBlocks

DIGEST_BYTES = 16
"""Two rows of 2^40 share a digest of so many bytes by chance once in 2^49 times."""


def kinds_of(rows: RowBlocks, name: str) -> npt.NDArray[np.uint32]:
    """Give equal rows one number, in the order in which kinds of rows first appear.

    Parameters
    ----------
    rows
        n rows, all of which are read.
    name
        What they are, for messages.

    Returns
    -------
    Shape (n,), uint32: the kind of each row.

    Raises
    ------
    ValueError
        A row is not finite.
    """
    digests = np.empty(len(rows), dtype=f"V{DIGEST_BYTES}")
    for start, block in rows.blocks(rows.rows_at_once):
        check_finite(block, name, start)
        content = memoryview(block.tobytes())
        width = len(content) // len(block)
        digests[start : start + len(block)] = [
            np.void(blake2b(content[at : at + width], digest_size=DIGEST_BYTES).digest())
            for at in range(0, len(content), width)
        ]
    _, first, kinds = np.unique(digests, return_index=True, return_inverse=True)
    order = np.empty(len(first), dtype=np.uint32)
    order[np.argsort(first)] = np.arange(len(first), dtype=np.uint32)
    return order[kinds]
