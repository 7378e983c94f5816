"""Tones and colours, from the pixels that the network sees."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageChops

TONES = (
    "brightness",
    "contrast",
    "blacks",
    "whites",
    "saturation",
    "warmth",
    "tint",
    "entropy",
    "edges",
)
"""Facts of what the network sees."""

CLIPPED = 4
"""Levels at either end that count as clipped: a lossy file moves them that far."""

EDGE = 40
"""Step in levels, right and down together, from which a pixel lies on an edge."""

LEVELS = np.arange(256.0)
_ENCODED = LEVELS / 255.0
LINEAR = np.where(_ENCODED <= 0.04045, _ENCODED / 12.92, ((_ENCODED + 0.055) / 1.055) ** 2.4)
"""Light of each level of sRGB (IEC 61966-2-1), 0..1."""

_LEAST_LIGHT = 1e-4
"""Added to light before its ratios are taken: black has no colour."""


def tones(seen: Image.Image) -> dict[str, float]:
    """Measure brightness, contrast, clipping, colour, entropy and edges.

    Parameters
    ----------
    seen
        Mode RGB.

    Returns
    -------
    Facts by name, in the units of `FACTS`.
    """
    # A quarter of the pixels tells as much of tones.
    sampled = seen.resize([max(side // 2, 1) for side in seen.size], Image.Resampling.NEAREST)
    channels = np.array(sampled.histogram(), dtype=np.float64).reshape(3, 256)
    channels /= channels.sum(axis=1, keepdims=True)
    levels = np.array(sampled.convert("L").histogram(), dtype=np.float64)
    levels /= levels.sum()
    mean = float(levels @ LEVELS)
    present = levels[levels > 0.0]
    red, green, blue = (channels @ LINEAR + _LEAST_LIGHT).tolist()
    return {
        "brightness": mean,
        "contrast": float(np.sqrt(levels @ np.square(LEVELS - mean))),
        "blacks": 100.0 * float(channels[:, :CLIPPED].sum()) / 3.0,
        "whites": 100.0 * float(channels[:, -CLIPPED:].sum()) / 3.0,
        "saturation": _saturation(sampled),
        "warmth": float(np.log2(red / blue)),
        "tint": float(np.log2(green) - 0.5 * np.log2(red * blue)),
        "entropy": float(-(present * np.log2(present)).sum()),
        "edges": _edges(seen.convert("L")),
    }


def _saturation(seen: Image.Image) -> float:
    """Return the distance of the strongest from the weakest channel, of the strongest."""
    red, green, blue = seen.split()
    strongest = _mean(ImageChops.lighter(ImageChops.lighter(red, green), blue))
    weakest = _mean(ImageChops.darker(ImageChops.darker(red, green), blue))
    return 100.0 * (strongest - weakest) / max(strongest, 1.0)


def _mean(channel: Image.Image) -> float:
    counts = np.array(channel.histogram(), dtype=np.float64)
    return float(np.average(LEVELS, weights=counts))


def _edges(grey: Image.Image) -> float:
    levels = np.asarray(grey).astype(np.int16)
    upper, lower = levels[:-1:2], levels[1::2]
    right = np.abs(upper[:, 1:] - upper[:, :-1])
    down = np.abs(lower[:, :-1] - upper[:, :-1])
    steps = right + down
    edges = int(np.count_nonzero(steps > EDGE))
    return 100.0 * edges / max(int(steps.size), 1)
