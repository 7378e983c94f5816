"""Brighter, of more contrast, of stronger or other colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageEnhance

if TYPE_CHECKING:
    from collections.abc import Sequence

LEVELS = np.arange(256.0)


def brighter(image: Image.Image, stops: float, seed: int) -> Image.Image:
    """Multiply all levels by 2 to the power of this."""
    del seed
    return _multiplied(image, [2.0**stops] * 3)


def of_contrast(image: Image.Image, stops: float, seed: int) -> Image.Image:
    """Multiply the distance of all levels from the mean brightness by 2 to the power of this."""
    del seed
    return ImageEnhance.Contrast(image).enhance(2.0**stops)


def saturated(image: Image.Image, stops: float, seed: int) -> Image.Image:
    """Multiply the distance of colours from grey by 2 to the power of this."""
    del seed
    return ImageEnhance.Color(image).enhance(2.0**stops)


def warmer(image: Image.Image, stops: float, seed: int) -> Image.Image:
    """Multiply red by 2 to the power of half of this, and divide blue by it."""
    del seed
    return _multiplied(image, [2.0 ** (stops / 2.0), 1.0, 2.0 ** (-stops / 2.0)])


def greener(image: Image.Image, stops: float, seed: int) -> Image.Image:
    """Multiply green by 2 to the power of two thirds of this, divide red and blue by a third."""
    del seed
    others = 2.0 ** (-stops / 3.0)
    return _multiplied(image, [others, 2.0 ** (2.0 * stops / 3.0), others])


def _multiplied(image: Image.Image, factors: Sequence[float]) -> Image.Image:
    table = np.concatenate([np.clip(np.rint(LEVELS * factor), 0, 255) for factor in factors])
    return image.point(table.astype(np.uint8).tolist())
