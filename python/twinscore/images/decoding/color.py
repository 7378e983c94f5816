"""From any Pillow mode to upright 8-bit sRGB."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image, ImageCms, TiffImagePlugin

from twinscore.base.errors import UnreadableImageError
from twinscore.images.decoding.profiles import CODING_POINTS, in_srgb
from twinscore.images.decoding.samples import eight_bit

if TYPE_CHECKING:
    from collections.abc import Mapping

BACKGROUND = (0, 0, 0)
"""Shown through transparent pixels: black, for where a renderer drew nothing there is no light,
and its anti-aliased edges fade to black without a halo."""

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
_STRAIGHT = {"La": "LA", "RGBa": "RGBA", "PA": "RGBA"}
_WITH_ALPHA = ("LA", "RGBA")
_DIRECT = ("L", "RGB", "CMYK", "LAB")


def rgb_from_pillow(image: Image.Image, described_by: Image.Image | None = None) -> Image.Image:
    """Convert a loaded image to upright 8-bit sRGB.

    Parameters
    ----------
    image
        Of any mode that has a meaning as a picture; it is not changed.
    described_by
        The image whose orientation and colours these are the pixels of; None for the image itself.

    Raises
    ------
    UnreadableImageError
        The image has no pixels, or samples out of range.
    """
    described_by = described_by or image
    if 0 in image.size:
        raise UnreadableImageError(f"no pixels ({image.width} x {image.height})")
    return upright(_to_rgb(image, described_by.info), orientation_of(described_by))


def upright(image: Image.Image, orientation: int) -> Image.Image:
    """Undo an EXIF orientation, 1 to 8; others mean nothing."""
    transposition = _UPRIGHT.get(orientation)
    return image if transposition is None else image.transpose(transposition)


def square_pixels(image: Image.Image, aspect: float) -> Image.Image:
    """Stretch an image whose pixels are `aspect` times as wide as high; no detail is lost."""
    if not 0.01 <= aspect <= 100 or abs(aspect - 1) < 1e-3:
        return image
    width, height = image.size
    size = (round(width * aspect), height) if aspect > 1 else (width, round(height / aspect))
    return image.resize(size, Image.Resampling.BICUBIC)


def composite(image: Image.Image) -> Image.Image:
    """Lay an RGBA image over ``BACKGROUND``."""
    return _laid_over(image, image.getchannel("A"))


def _laid_over(image: Image.Image, alpha: Image.Image) -> Image.Image:
    flat = Image.new("RGB", image.size, BACKGROUND)
    flat.paste(image, mask=alpha)
    return flat


def orientation_of(image: Image.Image) -> int:
    """Return the orientation in an image's EXIF, 1 to 8; 1 where there is none."""
    # Damaged EXIF does not damage the picture: viewers show it as it is stored.
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:
        return 1


def _to_rgb(image: Image.Image, info: Mapping[Any, Any]) -> Image.Image:
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        return _rgb_from_deep_grey(image, info)
    image = _straight(image)
    if image.mode == "RGBA" and not _names_colors(info):
        return composite(image)
    if image.mode in _WITH_ALPHA:
        alpha = image.getchannel("A")
        color = in_srgb(image.convert("L" if image.mode == "LA" else "RGB"), info)
        return _laid_over(color.convert("RGB"), alpha)
    color = in_srgb(image, info)
    if color.mode == "LAB":
        return _rgb_from_lab(color)
    return color if color.mode == "RGB" else color.convert("RGB")


def _names_colors(info: Mapping[Any, Any]) -> bool:
    return any(info.get(name) for name in ("icc_profile", "gamma", CODING_POINTS))


def _straight(image: Image.Image) -> Image.Image:
    """Bring palettes, masks and premultiplied colours to one of the modes that have a meaning."""
    if image.mode in _STRAIGHT:
        return image.convert("LA" if image.mode == "La" else "RGBA")
    if image.mode in _WITH_ALPHA:
        return image
    if image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode in _DIRECT:
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _rgb_from_deep_grey(image: Image.Image, info: Mapping[Any, Any]) -> Image.Image:
    samples = np.asarray(image)
    if image.mode.startswith("I;16"):
        samples = _sixteen_bit_samples(image)
    grey = Image.fromarray(eight_bit(samples))
    color = in_srgb(grey, info).convert("RGB")
    transparent = info.get("transparency")
    if not isinstance(transparent, int):
        return color
    return _laid_over(color, Image.fromarray(eight_bit(samples != transparent)))


def _rgb_from_lab(image: Image.Image) -> Image.Image:
    converted = ImageCms.profileToProfile(
        image, ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), outputMode="RGB"
    )
    assert converted is not None
    return converted


def _sixteen_bit_samples(image: Image.Image) -> npt.NDArray[np.uint16]:
    samples = np.asarray(image).astype(np.uint16)
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        # Pillow leaves these two TIFF conventions undone for 16-bit grey only.
        if image.tag_v2.get(TiffImagePlugin.BITSPERSAMPLE) == (12,):
            samples = np.left_shift(samples, np.uint16(4))
        if image.tag_v2.get(TiffImagePlugin.PHOTOMETRIC_INTERPRETATION) == _WHITE_IS_ZERO:
            samples = np.invert(samples)
    return samples
