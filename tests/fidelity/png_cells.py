"""Cells of PNG."""

from __future__ import annotations

import struct
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from fidelity.cell import Cell, always
from fidelity.color_files import DISPLAY_P3, p3_profile, shown_from_p3
from fidelity.files import encoded, exif, image_of
from fidelity.pictures import (
    WIDTH,
    as_displayed,
    as_integers,
    channels,
    flat,
    normalised,
    picture,
    stored_as,
    tones,
)
from fidelity.png_files import png

if TYPE_CHECKING:
    from collections.abc import Iterator


def png_cells() -> Iterator[Cell]:
    yield from _png()
    yield from _png_colors()


def _png() -> Iterator[Cell]:
    for kind in ("L", "LA", "RGB", "RGBA"):
        for depth in (1, 2, 4, 8, 16):
            if depth < 8 and kind != "L":
                continue
            for interlaced in (False, True):
                samples = as_integers(channels(kind), depth)
                yield Cell(
                    "PNG",
                    "interlaced" if interlaced else "depth and channels",
                    f"{kind} {depth}",
                    partial(png, samples, depth, interlaced=interlaced),
                    always(flat(normalised(samples, depth))),
                )
    for depth in (1, 2, 4, 8, 16):
        samples = as_integers(channels("L"), depth)
        tone = int(samples[0, WIDTH // 2, 0])
        shown = flat(normalised(np.where(samples == tone, 0, samples).astype(samples.dtype), depth))
        data = struct.pack(">H", tone)
        make = partial(png, samples, depth, further=[(b"tRNS", data)])
        yield Cell("PNG", "tRNS", f"L {depth}", make, always(shown))
    for depth in (8, 16):
        samples = as_integers(channels("RGB"), depth)
        color = samples[5, 7]
        is_it = (samples == color).all(axis=2, keepdims=True)
        shown = flat(normalised(np.where(is_it, 0, samples).astype(samples.dtype)))
        data = struct.pack(">3H", *color.tolist())
        make = partial(png, samples, depth, further=[(b"tRNS", data)])
        yield Cell("PNG", "tRNS", f"RGB {depth}", make, always(shown))
    for depth in (1, 2, 4, 8):
        colors = np.random.default_rng(depth).integers(0, 256, (1 << depth, 3), dtype=np.uint8)
        places = as_integers(channels("L"), depth)
        clear = np.where(np.arange(1 << depth) % 2, 255, 100).astype(np.uint8)
        for name, further in (("", []), (" with tRNS", [(b"tRNS", clear.tobytes())])):
            strength = clear[places] / 255 if further else 1.0
            shown = tones(colors[places[:, :, 0]] / 255 * strength)
            make = partial(
                png, places, depth, further=[(b"PLTE", colors.tobytes()), *further], palette=True
            )
            yield Cell("PNG", "palette", f"{depth}{name}", make, always(shown))
    for orientation in range(2, 9):
        for depth in (8, 16):
            samples = stored_as(as_integers(channels("RGB"), depth), orientation)
            for place in ("further", "after"):
                chunks: dict[str, Any] = {place: [(b"eXIf", exif(orientation)[6:])]}
                yield Cell(
                    "PNG",
                    "orientation",
                    f"{orientation}, {depth} bits{' (behind the pixels)' * (place == 'after')}",
                    partial(png, samples, depth, **chunks),
                    lambda _: tones(picture()),
                )


def _png_colors() -> Iterator[Cell]:
    for depth in (8, 16):
        samples = as_integers(channels("RGB"), depth)
        values = normalised(samples, depth)
        for gamma, shown in ((100000, tones(as_displayed(values))), (45455, tones(values))):
            yield Cell(
                "PNG",
                "colours",
                f"gAMA {gamma}, {depth} bits",
                partial(png, samples, depth, further=[(b"gAMA", struct.pack(">I", gamma))]),
                always(shown),
            )
        primaries = struct.pack(
            ">8I", *(round(v * 1e5) for v in (*DISPLAY_P3[6:], *DISPLAY_P3[:6]))
        )
        further = [(b"gAMA", struct.pack(">I", 45455)), (b"cHRM", primaries)]
        yield Cell(
            "PNG",
            "colours",
            f"cHRM of Display P3, {depth} bits",
            partial(png, samples, depth, further=further),
            always(shown_from_p3(values, gamma=2.2)),
        )
        yield Cell(
            "PNG",
            "colours",
            f"cICP of Display P3, {depth} bits",
            partial(png, samples, depth, further=[(b"cICP", bytes([12, 13, 0, 1]))]),
            always(shown_from_p3(values)),
        )
    for mode in ("RGB", "RGBA"):
        make = partial(encoded, image_of(mode), "PNG", icc_profile=p3_profile())
        strength = channels("RGBA")[:, :, 3:] if mode == "RGBA" else 1.0
        shown = tones(shown_from_p3(picture()) / 255 * strength)
        variant = f"ICC Display P3, {mode}"
        yield Cell("PNG", "colours", variant, make, always(shown), tolerance=3)
    yield Cell(
        "PNG",
        "pixel aspect",
        "pHYs 2:1",
        partial(
            png, as_integers(picture(), 8), 8, further=[(b"pHYs", struct.pack(">IIB", 1, 2, 0))]
        ),
        lambda _: tones(picture()),
        note="not applied, as in browsers",
    )
