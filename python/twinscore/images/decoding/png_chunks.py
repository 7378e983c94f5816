"""The chunks that a PNG file is made of."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"

_KEYWORD = 20
"""First bytes of a chunk that are kept: enough for the keywords that matter."""


class PngHeader(NamedTuple):
    """What IHDR says."""

    width: int
    height: int
    depth: int
    color_type: int
    interlace: int


class Chunk(NamedTuple):
    """One chunk: its kind, its first bytes, and where it lies with its length and checksum."""

    kind: bytes
    start: bytes
    place: slice


def header_of(content: bytes) -> PngHeader | None:
    """Return what the header says; None where there is none."""
    if len(content) < 33 or not content.startswith(SIGNATURE) or content[12:16] != b"IHDR":
        return None
    width, height, depth, color_type, _, _, interlace = struct.unpack_from(">IIBBBBB", content, 16)
    return PngHeader(width, height, depth, color_type, interlace)


def chunks_of(content: bytes) -> Iterator[Chunk]:
    """Yield every chunk; a cut file ends with one without a kind."""
    start = len(SIGNATURE)
    kind = b""
    while kind != b"IEND":
        length = int.from_bytes(content[start : start + 4], "big")
        kind = content[start + 4 : start + 8]
        end = start + 12 + length
        if end > len(content):
            kind = b""
        yield Chunk(kind, content[start + 8 : start + 8 + min(length, _KEYWORD)], slice(start, end))
        if not kind:
            return
        start = end
