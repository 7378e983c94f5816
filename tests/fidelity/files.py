"""Files that Pillow writes."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

from fidelity.pictures import (
    as_integers,
    channels,
    picture,
    stored_as,
    tones,
)

ORIENTATION = 0x0112
LOSSY = 12
"""Levels that lossy formats may be off."""


def encoded(image: Image.Image, name: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, name, **options)
    return file.getvalue()


def exif(orientation: int) -> bytes:
    data = Image.Exif()
    data[ORIENTATION] = orientation
    return data.tobytes()


def image_of(kind: str) -> Image.Image:
    samples = as_integers(channels(kind), 8)
    return Image.fromarray(samples[:, :, 0] if kind == "L" else samples, kind)


def turned(orientation: int) -> Image.Image:
    return Image.fromarray(stored_as(tones(picture()), orientation))
