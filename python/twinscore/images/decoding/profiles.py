"""From the colours a picture names for itself, by a profile or in words, to sRGB."""

from __future__ import annotations

import functools
import io
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageCms

from twinscore.base.extras import require
from twinscore.images.decoding.coding_points import CodingPoints
from twinscore.images.decoding.primaries import SRGB_CHROMATICITIES, to_display_primaries
from twinscore.images.decoding.samples import image_of_samples
from twinscore.images.decoding.transfer import display_tones

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

CODING_POINTS = "coding points"
"""Key in ``Image.info`` for what H.273 says of a picture."""

_SRGB_GAMMA = 1 / 2.2
_SAME_GAMMA = 0.05
"""Exponents within 5 % are those of sRGB, whose curve is no power: so says the PNG standard."""

_UNSPECIFIED = 2
_SAID_OF_COLORS = (CODING_POINTS, "icc_profile", "srgb", "gamma", "chromaticity")

_PROFILED = {"L": "L", "RGB": "RGB", "CMYK": "CMYK", "LAB": "LAB"}
_SAMPLES = 9
_UNSEEN = 1
"""Levels that a profile may differ from sRGB and still be taken for it."""


def in_srgb(image: Image.Image, info: Mapping[Any, Any]) -> Image.Image:
    """Bring a picture to sRGB.

    An ICC profile says what colours are meant; without one, the code points of H.273 (PNG cICP,
    AVIF, HEIC), else gamma and primaries of a PNG that does not call itself sRGB. What is damaged
    or says nothing that can be used is passed over: viewers show such a picture as it is stored.

    Parameters
    ----------
    image
        Mode L, RGB, CMYK or LAB; without alpha.
    info
        Of the file, as Pillow gives it.

    Returns
    -------
    Image.Image
        Mode L or RGB; the image itself where it is sRGB.
    """
    points = info.get(CODING_POINTS)
    profile = info.get("icc_profile")
    if isinstance(points, CodingPoints) and points.transfer != _UNSPECIFIED:
        return image if points.is_plain else _decoded(image, points)
    if isinstance(profile, bytes) and profile and image.mode in _PROFILED:
        return _profiled(image, profile)
    if "srgb" not in info and isinstance(info.get("gamma"), float):
        return _gamma_decoded(image, info["gamma"], info.get("chromaticity"))
    return image


def samples_in_srgb(
    samples: npt.NDArray[Any], info: Mapping[Any, Any], bits: int | None = None
) -> Image.Image:
    """Bring samples of more than eight bits to 8-bit sRGB, with no rounding in between.

    Parameters
    ----------
    samples
        Of `image_of_samples`; alpha comes last.
    info
        See `in_srgb`.
    bits
        See `eight_bit`.

    Returns
    -------
    Image.Image
        With alpha as it was, and no word on its colours, where these were brought to sRGB; else
        with them.
    """
    image = image_of_samples(samples, bits)
    said = {key: info[key] for key in _SAID_OF_COLORS if key in info}
    deep = _sixteen_bits(samples, bits)
    alpha = image.getchannel("A") if image.mode in ("LA", "RGBA") else None
    if deep is None or not said:
        image.info.update(said)
        return image
    color = _deep_color(deep[:, :, :-1] if alpha is not None else deep, said)
    if color is None:
        image.info.update(said)
        return image
    if alpha is not None:
        color.putalpha(alpha)
    return color


def _deep_color(samples: npt.NDArray[np.uint16], said: Mapping[Any, Any]) -> Image.Image | None:
    """Convert as `in_srgb` does; None where there is nothing to do or only 8 bits can be."""
    points, gamma = said.get(CODING_POINTS), said.get("gamma")
    rgb = np.broadcast_to(samples, (*samples.shape[:2], 3))
    if isinstance(points, CodingPoints) and points.transfer != _UNSPECIFIED:
        return None if points.is_plain else Image.fromarray(points.tones(rgb))
    if said.get("icc_profile"):
        return _deep_profiled(samples, said["icc_profile"]) if samples.shape[2] == 3 else None
    primaries = _in_our_order(said.get("chromaticity"))
    if "srgb" in said or not isinstance(gamma, float) or _is_srgb(gamma, primaries):
        return None
    table = np.power(np.linspace(0, 1, 1 << 16), 1 / gamma).astype(np.float32)
    return Image.fromarray(display_tones(to_display_primaries(table[rgb], primaries)))


def _deep_profiled(samples: npt.NDArray[np.uint16], profile: bytes) -> Image.Image | None:
    if _transform(profile, "RGB") is None:
        return None
    imagecodecs = require("imagecodecs", extra="cpu", purpose="profiles of more than 8 bits")
    srgb = ImageCms.ImageCmsProfile(_srgb_profile()).tobytes()
    shown = imagecodecs.cms_transform(
        np.ascontiguousarray(samples),
        profile,
        srgb,
        colorspace="rgb",
        outcolorspace="rgb",
        outdtype="u1",
        intent=int(ImageCms.Intent.RELATIVE_COLORIMETRIC),
        # Optimised, the dark tones of 16 bits are off by up to 13 levels.
        flags=int(ImageCms.Flags.BLACKPOINTCOMPENSATION | ImageCms.Flags.NOOPTIMIZE),
    )
    return Image.fromarray(shown)


def _sixteen_bits(samples: npt.NDArray[Any], bits: int | None) -> npt.NDArray[np.uint16] | None:
    """Spread samples over 16 bits, shape (height, width, channels); None for those of eight."""
    values = samples if samples.ndim == 3 else samples[:, :, None]
    if np.issubdtype(values.dtype, np.floating):
        return np.rint(np.clip(values.astype(np.float64), 0, 1) * 65535).astype(np.uint16)
    if values.dtype != np.uint16:
        return None
    most = (1 << (bits or 16)) - 1
    spread: npt.NDArray[np.uint16] = values
    if most < 65535:
        spread = np.rint(np.minimum(values, most) * (65535 / most)).astype(np.uint16)
    return spread


def _decoded(image: Image.Image, points: CodingPoints) -> Image.Image:
    return Image.fromarray(points.tones(np.asarray(image.convert("RGB"))))


def _profiled(image: Image.Image, profile: bytes) -> Image.Image:
    transform = _transform(profile, image.mode)
    return image if transform is None else transform.apply(image)


@functools.lru_cache(maxsize=16)
def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """Return the way to sRGB; None where there is none, or the profile is sRGB."""
    try:
        transform = ImageCms.buildTransform(
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            _srgb_profile(),
            mode,
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except Exception:
        # Damaged, or of another kind than the picture: grey for RGB, for one.
        return None
    if mode in ("L", "RGB") and _changes_nothing(transform, mode):
        return None
    return transform


def _changes_nothing(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    levels = np.linspace(0, 255, _SAMPLES).astype(np.uint8)
    if mode == "L":
        sample = Image.fromarray(levels[None])
    else:
        grid = np.stack(np.meshgrid(levels, levels, levels), axis=-1)
        sample = Image.fromarray(grid.reshape(-1, _SAMPLES, 3))
    before = np.asarray(sample.convert("RGB")).astype(int)
    after = np.asarray(transform.apply(sample)).astype(int)
    return bool(np.abs(before - after).max() <= _UNSEEN)


@functools.cache
def _srgb_profile() -> Any:
    return ImageCms.createProfile("sRGB")


def _gamma_decoded(image: Image.Image, gamma: float, chromaticity: Any) -> Image.Image:
    """Decode as the PNG standard says: light is a sample to the power of 1 / gamma."""
    primaries = _in_our_order(chromaticity)
    if _is_srgb(gamma, primaries):
        return image
    table = np.power(np.linspace(0, 1, 256), 1 / gamma).astype(np.float32)
    samples = np.asarray(image if image.mode == "L" else image.convert("RGB"))
    if samples.ndim == 2:
        return Image.fromarray(display_tones(table)[samples])
    return Image.fromarray(display_tones(to_display_primaries(table[samples], primaries)))


def _is_srgb(gamma: float, primaries: tuple[float, ...]) -> bool:
    """Tell whether a curve and primaries are those of sRGB, or mean nothing."""
    is_usual = abs(gamma / _SRGB_GAMMA - 1) <= _SAME_GAMMA
    return (is_usual and np.allclose(primaries, SRGB_CHROMATICITIES, atol=2e-3)) or not (
        0.01 < gamma < 100
    )


def _in_our_order(chromaticity: Any) -> tuple[float, ...]:
    """Put the white, which comes first in PNG, behind red, green and blue."""
    if not isinstance(chromaticity, tuple) or len(chromaticity) != 8:
        return SRGB_CHROMATICITIES
    values = tuple(float(value) for value in chromaticity)
    return (*values[2:], *values[:2])
