"""Less detail, more grain, coarser compression."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageFilter

TILE = 256
"""Side in pixels of the square of noise that an image is covered with."""

FINEST_QUALITY, COARSEST_QUALITY = 98, 2


def blurred(image: Image.Image, radius: float, seed: int) -> Image.Image:
    """Blur by a Gaussian of this standard deviation in pixels."""
    del seed
    return image.filter(ImageFilter.GaussianBlur(radius))


def noisy(image: Image.Image, deviation: float, seed: int) -> Image.Image:
    """Add Gaussian noise of this standard deviation in levels, each channel its own."""
    random = np.random.default_rng(seed)
    noise = random.standard_normal((TILE, TILE, 3), dtype=np.float32) * np.float32(deviation)
    pixels = np.asarray(image)
    rows, columns = (-(-length // TILE) for length in pixels.shape[:2])
    covering = np.tile(noise, (rows, columns, 1))[: pixels.shape[0], : pixels.shape[1]]
    covering += pixels
    np.rint(covering, out=covering)
    return Image.fromarray(np.clip(covering, 0, 255, out=covering).astype(np.uint8))


def compressed(image: Image.Image, strength: float, seed: int) -> Image.Image:
    """Encode as JPEG and decode; 0 is the finest quality, 1 the coarsest."""
    del seed
    quality = round(FINEST_QUALITY + (COARSEST_QUALITY - FINEST_QUALITY) * strength)
    stream = io.BytesIO()
    image.save(stream, format="JPEG", quality=quality)
    decoded = Image.open(stream, formats=["JPEG"])
    decoded.load()
    return decoded
