"""From any Pillow mode to upright 8-bit RGB."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image, TiffImagePlugin

from twinscore.base.errors import UnreadableImageError

BACKGROUND = (0, 0, 0)
"""Shown through transparent pixels: black, for where a renderer drew nothing there is no light,
and its anti-aliased edges fade to black without a halo."""

FLOAT_TOLERANCE = 1e-3
"""How far floating-point samples may overshoot 0..1, as resampling filters make them do."""

_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF orientation to the transposition that undoes it."""

_WHITE_IS_ZERO = 0


def rgb_from_pillow(image: Image.Image) -> Image.Image:
    """Convert a loaded image to upright 8-bit RGB.

    Parameters
    ----------
    image
        Of any mode that has a meaning as a picture; it is not changed.

    Raises
    ------
    UnreadableImageError
        The image has no pixels, or samples out of range.
    """
    if 0 in image.size:
        raise UnreadableImageError(f"no pixels ({image.width} x {image.height})")
    transposition = _UPRIGHT.get(_orientation(image))
    image = _to_rgb(image)
    return image if transposition is None else image.transpose(transposition)


def composite(image: Image.Image) -> Image.Image:
    """Lay an RGBA image over ``BACKGROUND``."""
    flat = Image.new("RGB", image.size, BACKGROUND)
    flat.paste(image, mask=image.getchannel("A"))
    return flat


def eight_bit_from_uint16(samples: npt.NDArray[np.uint16]) -> npt.NDArray[np.uint8]:
    """Keep the high byte, which is what Pillow does to 16-bit RGB: grey is to match it."""
    return (samples >> 8).astype(np.uint8)


def eight_bit_from_float(samples: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Scale 0..1 to 0..255, rounded.

    Raises
    ------
    UnreadableImageError
        A sample is not finite or lies outside 0..1 by more than ``FLOAT_TOLERANCE``.
    """
    low, high = float(samples.min()), float(samples.max())
    if not (low >= -FLOAT_TOLERANCE and high <= 1 + FLOAT_TOLERANCE):
        raise UnreadableImageError(
            f"expected floating-point samples within 0..1, got {low:g}..{high:g}"
        )
    scaled: npt.NDArray[Any] = np.rint(np.clip(samples, 0, 1) * 255)
    return scaled.astype(np.uint8)


def _orientation(image: Image.Image) -> int:
    # Damaged EXIF does not damage the picture: viewers show it as it is stored.
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:
        return 1


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):
        return _rgb_from_grey(eight_bit_from_uint16(_sixteen_bit_samples(image)))
    if image.mode == "I":
        return _rgb_from_grey(eight_bit_from_uint16(_integer_samples(image)))
    if image.mode == "F":
        return _rgb_from_grey(eight_bit_from_float(np.asarray(image)))
    if image.has_transparency_data:
        return composite(_to_rgba(image))
    return image if image.mode == "RGB" else image.convert("RGB")


def _to_rgba(image: Image.Image) -> Image.Image:
    if image.mode == "La":
        image = image.convert("LA")
    return image.convert("RGBA")


def _rgb_from_grey(grey: npt.NDArray[np.uint8]) -> Image.Image:
    return Image.fromarray(grey).convert("RGB")


def _sixteen_bit_samples(image: Image.Image) -> npt.NDArray[np.uint16]:
    samples = np.asarray(image).astype(np.uint16)
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        # Pillow leaves these two TIFF conventions undone for 16-bit grey only.
        if image.tag_v2.get(TiffImagePlugin.BITSPERSAMPLE) == (12,):
            samples = np.left_shift(samples, np.uint16(4))
        if image.tag_v2.get(TiffImagePlugin.PHOTOMETRIC_INTERPRETATION) == _WHITE_IS_ZERO:
            samples = np.invert(samples)
    return samples


def _integer_samples(image: Image.Image) -> npt.NDArray[np.uint16]:
    # Pillow's mode I is where 16-bit PGM and signed TIFF end up; wider ones are not pictures.
    samples = np.asarray(image)
    low, high = int(samples.min()), int(samples.max())
    if low < 0 or high > 65535:
        raise UnreadableImageError(f"expected integer samples within 0..65535, got {low}..{high}")
    return samples.astype(np.uint16)
