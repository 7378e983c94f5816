"""Small encoded images, each of one colour, and what came out of a source."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from twinscore.base.errors import UnreadableImageError
from twinscore.images.decoding import read_image

if TYPE_CHECKING:
    from collections.abc import Iterable

    from twinscore.images.records import ImageItem


def png(number: int) -> bytes:
    """An image whose colour is its number."""
    file = io.BytesIO()
    Image.new("RGB", (3, 2), (number % 256, number // 256, 7)).save(file, "PNG")
    return file.getvalue()


def number_in(item: ImageItem) -> int:
    """Read the number back from the colour."""
    red, green, blue = np.asarray(read_image(item.content))[0, 0].tolist()
    assert blue == 7
    return int(red + 256 * green)


def outcomes(items: Iterable[ImageItem]) -> list[tuple[str, int | str]]:
    """Name and number of every image, or the reason why it cannot be read."""
    result: list[tuple[str, int | str]] = []
    for item in items:
        try:
            result.append((item.name, number_in(item)))
        except UnreadableImageError as error:
            result.append((item.name, str(error)))
    return result
