"""JPEG 2000 of more than eight bits, which Pillow cuts off or leaves dark."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from twinscore.base.extras import require
from twinscore.images.decoding.profiles import samples_in_srgb

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PIL import Image

_SIZE_MARKER = b"\xff\x4f\xff\x51"
_DEPTHS_AT = 42
"""Bytes from the start of the codestream to the depth of its first component (SIZ, Ssiz)."""

_SIGNED = 0x80


def deep_bits(content: bytes) -> int | None:
    """Return the bits a sample where there are more than eight, in all components alike."""
    start = content.find(_SIZE_MARKER)
    depths_at = start + _DEPTHS_AT
    if start < 0 or len(content) < depths_at + 3:
        return None
    (count,) = struct.unpack_from(">H", content, depths_at - 2)
    depths = set(content[depths_at : depths_at + 3 * count : 3])
    if len(depths) != 1:
        return None
    (depth,) = depths
    bits = (depth & ~_SIGNED) + 1
    return bits if not depth & _SIGNED and 8 < bits <= 16 else None


def read_deep_jpeg2000(content: bytes, bits: int, info: Mapping[Any, Any]) -> Image.Image:
    """Decode all bits; grey, grey with alpha, RGB or RGBA.

    Raises
    ------
    MissingExtraError
        imagecodecs is not installed.
    """
    imagecodecs: Any = require(
        "imagecodecs", extra="cpu", purpose="reading JPEG 2000 of more than 8 bits"
    )
    return samples_in_srgb(imagecodecs.jpeg2k_decode(content), info, bits)
