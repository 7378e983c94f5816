"""PNG samples that Pillow cuts to eight bits, or whose transparency it misses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twinscore.base.extras import require
from twinscore.images.decoding.png_chunks import SIGNATURE, chunks_of, header_of
from twinscore.images.decoding.profiles import samples_in_srgb

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PIL import Image

_KEPT = (b"IHDR", b"tRNS", b"IDAT", b"IEND")
_GREY = 0
_SCALED_BY_PILLOW = (2, 4)


def is_deep_png(content: bytes) -> bool:
    """Tell whether a PNG has 16 bits a sample, or a transparent tone of 2 or 4 bits.

    Pillow scales such tones to eight bits and looks for the tone as it was before.
    """
    header = header_of(content)
    if header is None:
        return False
    if header.depth == 16:
        return True
    return (
        header.color_type == _GREY
        and header.depth in _SCALED_BY_PILLOW
        and any(chunk.kind == b"tRNS" for chunk in chunks_of(content))
    )


def read_deep_png(content: bytes, info: Mapping[Any, Any]) -> Image.Image:
    """Decode all bits, with transparency as alpha: grey, grey with alpha, RGB or RGBA.

    Parameters
    ----------
    content
        The file.
    info
        What Pillow read of its colours.

    Raises
    ------
    MissingExtraError
        imagecodecs is not installed.
    """
    imagecodecs: Any = require(
        "imagecodecs", extra="cpu", purpose="reading PNG files of more than 8 bits"
    )
    # The decoder logs warnings about damage in what has no effect here.
    parts = [content[chunk.place] for chunk in chunks_of(content) if chunk.kind in _KEPT]
    return samples_in_srgb(imagecodecs.png_decode(b"".join((SIGNATURE, *parts))), info)
