"""Tones and colours, from the pixels that the network sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twinscore._core import tone_facts

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

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
"""Facts of what the network sees, in the order of the core."""


def tones(seen: npt.NDArray[np.uint8]) -> dict[str, float]:
    """Measure brightness, contrast, clipping, colour, entropy and edges.

    Parameters
    ----------
    seen
        Shape (h, w, 3): red, green, blue.

    Returns
    -------
    Facts by name, in the units of `FACTS`.
    """
    return dict(zip(TONES, tone_facts(seen), strict=True))
