"""Three renderings of a photograph, each closer to it than the one before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL import Image


@dataclass(frozen=True, slots=True)
class Twin:
    """A stage on the way to a digital twin.

    Attributes
    ----------
    name
        A short name: "blockout".
    description
        What it looks like, in plain words.
    render
        RGB image to RGB image of the same size; the same input gives the same output.
    """

    name: str
    description: str
    render: Callable[[Image.Image], Image.Image]


def blockout(image: Image.Image) -> Image.Image:
    """Render flat surfaces in a few greyish colours with hard edges, without texture."""
    from PIL import Image, ImageEnhance, ImageFilter

    # At half the size: filters of this width are slow, and nothing fine is to be left.
    small = image.resize([(extent + 1) // 2 for extent in image.size], Image.Resampling.BOX)
    smooth = small.filter(ImageFilter.MedianFilter(5)).filter(ImageFilter.MedianFilter(5))
    muted = ImageEnhance.Color(smooth).enhance(0.45)
    flat = muted.quantize(5, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    return flat.convert("RGB").resize(image.size, Image.Resampling.NEAREST)


def preview(image: Image.Image) -> Image.Image:
    """Render soft textures, fewer tones and a flat light."""
    from PIL import Image, ImageFilter, ImageOps

    soft = ImageOps.posterize(image.filter(ImageFilter.MedianFilter(5)), 7)
    lit = np.asarray(soft, np.float64) * 0.85 + 24
    return Image.fromarray(lit.round().astype(np.uint8))


def final(image: Image.Image) -> Image.Image:
    """Render what is nearly the photograph: a trace of denoising, a trace of a tone curve."""
    from PIL import Image, ImageFilter

    soft = Image.blend(image, image.filter(ImageFilter.GaussianBlur(0.8)), 0.3)
    tone = (np.asarray(soft, np.float64) / 255) ** 0.985 * 255
    return Image.fromarray(tone.round().astype(np.uint8))


TWINS = (
    Twin("blockout", "flat colours, hard edges, no texture", blockout),
    Twin("preview", "soft textures, fewer tones, flat light", preview),
    Twin("final", "hardly told from the photograph", final),
)
