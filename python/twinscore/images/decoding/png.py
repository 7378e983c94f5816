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
    from typing import BinaryIO

_NOT_OF_THE_PIXELS = ("transparency",)


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
    pixels = _decoded_elsewhere(image, content)
    if pixels is None:
        return image
    said = {key: value for key, value in image.info.items() if key not in _NOT_OF_THE_PIXELS}
    pixels.info.update(said)
    return pixels


def _decoded_elsewhere(image: Image.Image, content: bytes) -> Image.Image | None:
    plain = decode_plain_png(content)
    if plain is not None:
        return Image.fromarray(plain)
    if not is_deep_png(content):
        return None
    try:
        pixels = read_deep_png(content)
    except MissingExtraError:
        raise
    except Exception:
        # Pillow finds better words for what is wrong.
        image.load()
        raise
    if "exif" not in image.info:
        image.load()  # It may lie behind the pixels.
    return pixels


def _coding_points(content: bytes) -> CodingPoints | None:
    for chunk in chunks_of(content):
        if chunk.kind == b"cICP" and len(chunk.start) >= 4:
            return CodingPoints(chunk.start[0], chunk.start[1])
        if chunk.kind in (b"IDAT", b""):
            return None
    return None
