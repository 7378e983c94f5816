"""Known faults for `bench/explain.py`, made by other code than the repairs are."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

if TYPE_CHECKING:
    import numpy.typing as npt

Change = Callable[[Image.Image, np.random.Generator], Image.Image]


def _levels(image: Image.Image, factors: tuple[float, float, float]) -> Image.Image:
    pixels = np.asarray(image, dtype=np.float64) * np.array(factors)
    return _rounded(pixels)


def _rounded(pixels: npt.NDArray[np.float64]) -> Image.Image:
    return Image.fromarray(np.clip(np.rint(pixels), 0, 255).astype(np.uint8))


def blur(radius: float) -> Change:
    """Blur by a Gaussian."""
    return lambda image, _: image.filter(ImageFilter.GaussianBlur(radius))


def noise(deviation: float) -> Change:
    """Add Gaussian noise."""
    return lambda image, random: _rounded(
        np.asarray(image) + random.normal(0.0, deviation, (image.height, image.width, 3))
    )


def saturation(factor: float) -> Change:
    """Strengthen colours."""
    return lambda image, _: ImageEnhance.Color(image).enhance(factor)


def contrast(factor: float) -> Change:
    """Change contrast about the mean."""
    return lambda image, _: ImageEnhance.Contrast(image).enhance(factor)


def warmth(share: float) -> Change:
    """Strengthen red and weaken blue."""
    return lambda image, _: _levels(image, (1.0 + share, 1.0, 1.0 - share))


def tint(share: float) -> Change:
    """Strengthen green."""
    return lambda image, _: _levels(image, (1.0, 1.0 + share, 1.0))


def brightness(factor: float) -> Change:
    """Brighten."""
    return lambda image, _: _levels(image, (factor, factor, factor))


def compression(quality: float) -> Change:
    """Encode as JPEG."""

    def change(image: Image.Image, _: np.random.Generator) -> Image.Image:
        stream = io.BytesIO()
        image.save(stream, format="JPEG", quality=int(quality))
        return Image.open(stream).convert("RGB")

    return change


def vignetting(stops: float) -> Change:
    """Darken towards the corners, by the fourth power of the cosine of the angle of view."""

    def change(image: Image.Image, _: np.random.Generator) -> Image.Image:
        down, right = np.indices((image.height, image.width), dtype=np.float64)
        away = np.hypot(down - (image.height - 1) / 2, right - (image.width - 1) / 2)
        tangent = np.sqrt(2.0 ** (stops / 2.0) - 1.0) * away / away.max()
        gains = 1.0 / np.square(1.0 + np.square(tangent))
        return _rounded(np.asarray(image) * gains[:, :, None])

    return change


def aberration(pixels: float) -> Change:
    """Enlarge red against green and blue, by so many pixels in the corners."""

    def change(image: Image.Image, _: np.random.Generator) -> Image.Image:
        red, green, blue = image.split()
        share = pixels / np.hypot(image.width / 2.0, image.height / 2.0)
        aside, below = image.width * share / 2.0, image.height * share / 2.0
        box = (aside, below, image.width - aside, image.height - below)
        enlarged = red.resize(image.size, Image.Resampling.LANCZOS, box=box)
        return Image.merge("RGB", (enlarged, green, blue))

    return change


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of fault.

    Attributes
    ----------
    make
        Called with a strength.
    strengths
        From weak to strong.
    fact
        That is right to name.
    """

    make: Callable[[float], Change]
    strengths: tuple[float, float, float]
    fact: str


FAULTS = {
    "blur": Fault(blur, (0.5, 0.7, 1.0), "sharpness"),
    "noise": Fault(noise, (2.0, 4.0, 8.0), "noise"),
    "saturation": Fault(saturation, (1.4, 1.8, 2.4), "saturation"),
    "contrast": Fault(contrast, (0.8, 0.6, 0.4), "contrast"),
    "warmth": Fault(warmth, (0.1, 0.2, 0.3), "warmth"),
    "tint": Fault(tint, (0.1, 0.2, 0.3), "tint"),
    "compression": Fault(compression, (40.0, 20.0, 10.0), "blockiness"),
    "brightness": Fault(brightness, (1.15, 1.4, 1.8), "brightness"),
    "vignetting": Fault(vignetting, (0.5, 1.0, 2.0), "vignetting"),
    "aberration": Fault(aberration, (1.0, 2.0, 4.0), "aberration"),
}

PAIRS = (
    (("blur", 1.0), ("saturation", 1.8)),
    (("noise", 8.0), ("warmth", 0.2)),
    (("contrast", 0.6), ("compression", 10.0)),
    (("blur", 1.0), ("tint", 0.3)),
)
