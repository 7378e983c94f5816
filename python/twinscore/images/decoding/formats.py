"""Which reader a file goes to, told by its first bytes and never by its name."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image

from twinscore.images.decoding.film import is_film, read_film, read_film_facts
from twinscore.images.decoding.heif import is_heif, read_heif, read_heif_facts
from twinscore.images.decoding.jpeg_xl import is_jpeg_xl, read_jpeg_xl, read_jpeg_xl_facts
from twinscore.images.decoding.photoshop import is_deep_psd, read_deep_psd, read_deep_psd_facts
from twinscore.images.decoding.scene_linear import (
    is_scene_linear,
    read_scene_linear,
    read_scene_linear_facts,
)
from twinscore.images.decoding.tiff import is_tiff, read_tiff, read_tiff_facts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from twinscore.images.records import ImageFacts

HEAD = 64
"""First bytes of a file that tell what it is."""

PILLOW_FORMATS = (
    *("AVIF", "BMP", "DIB", "GIF", "JPEG", "JPEG2000", "MPO", "PNG", "PPM", "PSD", "QOI", "SGI"),
    *("TGA", "WEBP"),
)
"""Formats that Pillow reads here. Others stay shut: it runs Ghostscript for EPS, for one."""


@dataclass(frozen=True, slots=True)
class Reader:
    """How to read files that are not left to Pillow.

    Attributes
    ----------
    recognises
        Tells by the first `HEAD` bytes of a file.
    read
        From a file or its bytes to upright 8-bit sRGB, at an exposure in stops.
    read_facts
        Reads what the header tells.
    """

    recognises: Callable[[bytes], bool]
    read: Callable[[Path | bytes, float], Image.Image]
    read_facts: Callable[[Path | bytes], ImageFacts]


def _at_any_exposure(
    read: Callable[[Path | bytes], Image.Image],
) -> Callable[[Path | bytes, float], Image.Image]:
    """Exposure is for scene-linear light; other pictures are what they are."""
    return lambda content, _exposure: read(content)


def _scene_linear(content: Path | bytes, exposure: float) -> Image.Image:
    return read_scene_linear(content, exposure=exposure)


_READERS = (
    Reader(is_scene_linear, _scene_linear, read_scene_linear_facts),
    Reader(is_tiff, _at_any_exposure(read_tiff), read_tiff_facts),
    Reader(is_heif, _at_any_exposure(read_heif), read_heif_facts),
    Reader(is_jpeg_xl, _at_any_exposure(read_jpeg_xl), read_jpeg_xl_facts),
    Reader(is_film, _at_any_exposure(read_film), read_film_facts),
    Reader(is_deep_psd, _at_any_exposure(read_deep_psd), read_deep_psd_facts),
)


def reader_of(head: bytes) -> Reader | None:
    """Return the reader of a file that begins so; None where Pillow is to try."""
    return next((reader for reader in _READERS if reader.recognises(head)), None)


@functools.cache
def supported_formats() -> tuple[str, ...]:
    """Return those of ``PILLOW_FORMATS`` that this build of Pillow reads."""
    Image.init()
    return tuple(name for name in PILLOW_FORMATS if name in Image.OPEN)
