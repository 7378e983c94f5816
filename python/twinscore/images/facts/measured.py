"""All facts of one image."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from twinscore.images.facts.catalog import FACT_NAMES
from twinscore.images.facts.detail import detail
from twinscore.images.facts.patches import cut_patches
from twinscore.images.facts.tones import TONES, tones
from twinscore.images.facts.vignetting import vignetting

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt
    from PIL import Image

    from twinscore.images.records import PixelFacts


def pixel_facts(
    image: Image.Image, seen: npt.NDArray[np.uint8], *, factor: int = 1, decoded_at: int = 1
) -> PixelFacts:
    """Measure an image.

    Tones and colours are those that the network sees; detail is measured on patches at the size
    that the image is decoded to, and what a lens does on the whole frame.

    Parameters
    ----------
    image
        As decoded, mode RGB.
    seen
        Shape (h, w, 3): as the network sees it.
    factor
        A power of two by which detail is reduced first, so that decoders that reduce and those
        that do not tell the same.
    decoded_at
        By what the decoder reduced the image already.

    Returns
    -------
    tuple of float or None
        In the order of `FACT_NAMES`, rounded to what float32 holds; None for what cannot be told.
    """
    values: dict[str, float] = tones(seen)
    values["vignetting"] = vignetting(image)
    patches = cut_patches(image, factor, decoded_at)
    if patches is not None:
        values |= detail(patches)
    found = (values.get(name, math.nan) for name in FACT_NAMES)
    return tuple(float(np.float32(value)) if math.isfinite(value) else None for value in found)


def pixel_fact(
    fact: str,
    image: Image.Image,
    seen: Callable[[], Image.Image],
    *,
    factor: int = 1,
    decoded_at: int = 1,
) -> float | None:
    """Measure one fact as `pixel_facts` does, and no more than it takes.

    Parameters
    ----------
    fact
        One of `FACT_NAMES`.
    image, factor, decoded_at
        See `pixel_facts`.
    seen
        Makes the image as the network sees it, where that is needed.
    """
    if fact == "vignetting":
        return vignetting(image)
    if fact in TONES:
        return tones(np.asarray(seen()))[fact]
    patches = cut_patches(image, factor, decoded_at)
    if patches is None:
        return None
    value = detail(patches)[fact]
    return value if math.isfinite(value) else None
