"""What an AVIF file says of its colours, which Pillow leaves out."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from twinscore.images.decoding.coding_points import CodingPoints

if TYPE_CHECKING:
    from typing import BinaryIO

_COLOR_BOX = b"colrnclx"
_MOST_HEADERS = 1 << 16
"""Bytes in which the properties of the primary picture lie."""


def avif_coding_points(file: BinaryIO) -> CodingPoints | None:
    """Read the code points of the first colour box; None where an ICC profile stands for them."""
    position = file.tell()
    file.seek(0)
    head = file.read(_MOST_HEADERS)
    file.seek(position)
    start = head.find(_COLOR_BOX)
    if start < 0 or len(head) < start + 12 or b"colrprof" in head or b"colrrICC" in head:
        return None
    return CodingPoints(*struct.unpack_from(">HH", head, start + len(_COLOR_BOX)))
