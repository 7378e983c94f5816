"""PNG: the decoder that gives all of its samples, and what its chunks say of colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image

from twinscore.base.errors import MissingExtraError
from twinscore.images.decoding.coding_points import CodingPoints
from twinscore.images.decoding.deep_png import is_deep_png, read_deep_png
from twinscore.images.decoding.plain_png import decode_plain_png
from twinscore.images.decoding.png_chunks import chunks_of
from twinscore.images.decoding.profiles import CODING_POINTS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, BinaryIO

_ORIENTATIONS = ("exif", "xmp", "Raw profile type exif", "XML:com.adobe.xmp")
"""Keys under which Pillow keeps what may hold an orientation."""


def decoded_png(image: Image.Image, file: BinaryIO) -> Image.Image:
    """Return the pixels of a PNG, with what it says of them.

    Parameters
    ----------
    image
        The file as Pillow opened it; it is loaded only where nothing else will do.
    file
        The same file.
    """
    position = file.tell()
    file.seek(0)
    content = file.read()
    file.seek(position)
    points = _coding_points(content)
    if points is not None:
        image.info[CODING_POINTS] = points
    plain = decode_plain_png(content)
    if plain is not None:
        return _with_info(Image.fromarray(plain), image.info)
    return _decoded_deep(image, content) if is_deep_png(content) else image


def _with_info(pixels: Image.Image, info: Mapping[Any, Any]) -> Image.Image:
    pixels.info.update({key: value for key, value in info.items() if key != "transparency"})
    return pixels


def _decoded_deep(image: Image.Image, content: bytes) -> Image.Image:
    try:
        pixels = read_deep_png(content, image.info)
    except MissingExtraError:
        raise
    except Exception:
        # Pillow finds better words for what is wrong.
        image.load()
        raise
    if "exif" not in image.info:
        image.load()  # It may lie behind the pixels.
    of_orientation = {key: value for key, value in image.info.items() if key in _ORIENTATIONS}
    return _with_info(pixels, of_orientation)


def _coding_points(content: bytes) -> CodingPoints | None:
    for chunk in chunks_of(content):
        if chunk.kind == b"cICP" and len(chunk.start) >= 4:
            return CodingPoints(chunk.start[0], chunk.start[1])
        if chunk.kind in (b"IDAT", b""):
            return None
    return None
