"""PNG files written by hand: every depth, transparency and interlace."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

_ADAM7 = (
    *((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4)),
    *((0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)),
)
_COLOR_TYPE = {1: 0, 2: 4, 3: 2, 4: 6}


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(
    samples: npt.NDArray[Any],
    depth: int,
    *,
    further: Iterable[tuple[bytes, bytes]] = (),
    after: Iterable[tuple[bytes, bytes]] = (),
    palette: bool = False,
    interlaced: bool = False,
) -> bytes:
    """Write samples of shape (height, width, channels), each below 2 to the power of depth."""
    height, width, channels = samples.shape
    color_type = 3 if palette else _COLOR_TYPE[channels]
    header = struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, int(interlaced))
    passes = [samples]
    if interlaced:
        passes = [samples[y::down, x::across] for y, x, down, across in _ADAM7]
    rows = b"".join(_rows(part, depth) for part in passes if part.size)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", header),
            *(chunk(kind, data) for kind, data in further),
            chunk(b"IDAT", zlib.compress(rows)),
            *(chunk(kind, data) for kind, data in after),
            chunk(b"IEND", b""),
        )
    )


def _rows(samples: npt.NDArray[Any], depth: int) -> bytes:
    if depth == 16:
        return b"".join(b"\0" + row.astype(">u2").tobytes() for row in samples)
    lines = []
    for row in samples.reshape(len(samples), -1).astype(np.uint8):
        bits = np.unpackbits(row[:, None], axis=1)[:, 8 - depth :]
        lines.append(b"\0" + np.packbits(bits.reshape(-1)).tobytes())
    return b"".join(lines)
