"""From samples of any type to 8 bits, and to a Pillow image."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from twinscore.base.errors import UnreadableImageError

FLOAT_TOLERANCE = 1e-3
"""How far floating-point samples may overshoot 0..1, as resampling filters make them do."""

_MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}


def eight_bit(samples: npt.NDArray[Any], bits: int | None = None) -> npt.NDArray[np.uint8]:
    """Bring samples to 0..255, rounded to the nearest.

    Parameters
    ----------
    samples
        Unsigned integers of up to 16 bits; floating point within 0..1; other integers where
        their values fit into 16 bits, which they then span.
    bits
        That integers span; None for those of their type.

    Raises
    ------
    UnreadableImageError
        A sample is out of range, or the type is none of these.
    """
    if np.issubdtype(samples.dtype, np.floating):
        return eight_bit_from_float(samples)
    if samples.dtype == bool:
        return samples.astype(np.uint8) * np.uint8(255)
    if samples.dtype not in (np.uint8, np.uint16):
        return _scaled(_checked_integers(samples), 16)
    return _scaled(samples, bits or 8 * samples.dtype.itemsize)


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
    scaled: npt.NDArray[Any] = np.rint(np.clip(samples.astype(np.float64), 0, 1) * 255)
    return scaled.astype(np.uint8)


def image_of_samples(samples: npt.NDArray[Any], bits: int | None = None) -> Image.Image:
    """Make an image of grey, grey with alpha, RGB or RGBA, by the number of channels.

    Parameters
    ----------
    samples
        Shape (height, width) or (height, width, 1 to 4).
    bits
        See `eight_bit`.

    Raises
    ------
    UnreadableImageError
        The shape is another, or a sample is out of range.
    """
    if samples.ndim == 3 and samples.shape[2] == 1:
        samples = samples[:, :, 0]
    channels = 1 if samples.ndim == 2 else samples.shape[-1]
    if samples.ndim not in (2, 3) or channels not in _MODES or samples.size == 0:
        raise UnreadableImageError(f"expected 1 to 4 channels, got samples of {samples.shape}")
    tones = np.ascontiguousarray(eight_bit(samples, bits))
    if channels == 2:
        return Image.merge("LA", [Image.fromarray(tones[:, :, place].copy()) for place in (0, 1)])
    return Image.fromarray(tones)


def _scaled(samples: npt.NDArray[Any], bits: int) -> npt.NDArray[np.uint8]:
    if bits == 8 and samples.dtype == np.uint8:
        return samples
    # What is beyond its own number of bits is damaged, and as bright as can be.
    tones: npt.NDArray[np.uint8] = _tones(bits)[np.minimum(samples, (1 << bits) - 1)]
    return tones


@functools.cache
def _tones(bits: int) -> npt.NDArray[np.uint8]:
    most = (1 << bits) - 1
    tones: npt.NDArray[np.uint8] = np.rint(np.arange(most + 1) * (255 / most)).astype(np.uint8)
    return tones


def _checked_integers(samples: npt.NDArray[Any]) -> npt.NDArray[np.uint16]:
    if not np.issubdtype(samples.dtype, np.integer):
        raise UnreadableImageError(f"expected numbers as samples, got {samples.dtype}")
    low, high = int(samples.min()), int(samples.max())
    if low < 0 or high > 65535:
        raise UnreadableImageError(f"expected integer samples within 0..65535, got {low}..{high}")
    return samples.astype(np.uint16)
