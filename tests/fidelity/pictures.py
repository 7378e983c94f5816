"""The picture in every cell, and what is done to it: written down again, without the package."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Pixels = npt.NDArray[np.uint8]
    Light = npt.NDArray[np.float64]

WIDTH, HEIGHT = 40, 24


def picture() -> Light:
    """RGB within 0..1 that no rotation or mirror maps onto itself; smooth for lossy formats."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    red, green = x / (WIDTH - 1), y / (HEIGHT - 1)
    return np.stack([red, green, 0.8 - red / 2], axis=2)


def alpha() -> Light:
    """Alpha that falls from the top left."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    return np.asarray(1 - (x / (WIDTH - 1) + y / (HEIGHT - 1)) / 2)


def channels(kind: str) -> Light:
    """The picture as "L", "LA", "RGB" or "RGBA", shape (height, width, channels)."""
    color = picture() if kind.startswith("RGB") else picture()[:, :, :1]
    return np.concatenate([color, alpha()[:, :, None]], axis=2) if kind.endswith("A") else color


def as_integers(values: Light, bits: int) -> npt.NDArray[Any]:
    """Samples of so many bits."""
    samples = np.rint(values * ((1 << bits) - 1))
    return samples.astype(np.uint8 if bits <= 8 else np.uint16)


def tones(values: npt.NDArray[Any]) -> Pixels:
    """8-bit levels of values within 0..1."""
    levels: Pixels = np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8)
    return levels


def flat(values: npt.NDArray[Any]) -> Pixels:
    """What 1 to 4 channels within 0..1 show before black: alpha is straight."""
    if values.ndim == 2:
        values = values[:, :, None]
    color = values
    if values.shape[2] in (2, 4):
        color = values[:, :, :-1] * values[:, :, -1:]
    return tones(np.broadcast_to(color, (*color.shape[:2], 3)))


def normalised(samples: npt.NDArray[Any], bits: int | None = None) -> Light:
    """Bring samples of integers or floating point to 0..1."""
    if samples.dtype.kind == "f":
        return samples.astype(np.float64)
    most = (1 << (bits or 8 * samples.dtype.itemsize)) - 1
    return np.asarray(samples / most)


def as_displayed(light: npt.NDArray[Any]) -> Light:
    """The transfer function of sRGB, from IEC 61966-2-1."""
    cut = np.clip(np.nan_to_num(light.astype(np.float64)), 0, 1)
    return np.where(cut <= 0.0031308, 12.92 * cut, 1.055 * cut ** (1 / 2.4) - 0.055)


def stored_as(shown: npt.NDArray[Any], orientation: int) -> npt.NDArray[Any]:
    """Lay a picture down so that an EXIF orientation brings it back.

    By the EXIF standard, where row 0 and column 0 of what is stored belong.
    """
    stored = {
        1: lambda p: p,
        2: lambda p: p[:, ::-1],
        3: lambda p: p[::-1, ::-1],
        4: lambda p: p[::-1],
        5: lambda p: p.swapaxes(0, 1),
        6: lambda p: np.rot90(p),
        7: lambda p: p[::-1, ::-1].swapaxes(0, 1),
        8: lambda p: np.rot90(p, -1),
    }[orientation](shown)
    return np.ascontiguousarray(stored)
