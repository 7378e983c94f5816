"""Writes clips of which every frame is known by its level of grey."""

from __future__ import annotations

from fractions import Fraction
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

RATE = 10
STEP = 8
"""Levels of grey between two frames: lossy coding moves a frame by less."""


def write_clip(
    path: Path, frames: int, *, codec: str = "mpeg4", times: Sequence[int] | None = None
) -> Path:
    """Write frames of rising grey, ten a second or at the given tenths of seconds."""
    av: Any = import_module("av")
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=RATE)
        stream.width, stream.height = 64, 48
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.bit_rate = 8_000_000
        stream.time_base = stream.codec_context.time_base = Fraction(1, RATE)
        for number in range(frames):
            pixels = np.full((48, 64, 3), STEP * number % 256, np.uint8)
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts = number if times is None else times[number]
            frame.time_base = Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path
