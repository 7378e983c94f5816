"""Cells of OpenEXR."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from fidelity.cell import Cell, always
from fidelity.color_files import DISPLAY_P3, P3_TO_SRGB
from fidelity.independent import by_openimageio
from fidelity.light_files import OIIO, PLAIN_AND_WIDE, XYZ_TO_SRGB_FROM_E, stretched, written
from fidelity.pictures import (
    HEIGHT,
    WIDTH,
    alpha,
    as_displayed,
    picture,
    stored_as,
    tones,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


def exr_cells() -> Iterator[Cell]:
    yield from _exr()
    yield from _exr_windows()


def _exr() -> Iterator[Cell]:
    light = picture() * 1.2 - 0.1
    shown = tones(as_displayed(light))
    for depth in ("half", "float"):
        for compression in ("none", "rle", "zip", "zips", "piz", "pxr24", "b44", "dwaa:45"):
            make = partial(written, ".exr", light, depth, compression=compression)
            by_oiio = by_openimageio(".exr", is_light=True)
            yield Cell(
                "EXR",
                "compression",
                f"{compression.partition(':')[0]} {depth}",
                make,
                by_oiio,
                needs=OIIO,
            )
        for orientation in range(2, 9):
            make = partial(
                written, ".exr", stored_as(light, orientation), depth, Orientation=orientation
            )
            yield Cell(
                "EXR", "orientation", f"{orientation} {depth}", make, lambda _: shown, needs=OIIO
            )
        for name, chromaticities, matrix in (
            ("Display P3", DISPLAY_P3, P3_TO_SRGB),
            ("CIE XYZ", (1, 0, 0, 1, 0, 0, 1 / 3, 1 / 3), XYZ_TO_SRGB_FROM_E),
            ("all zero", (0,) * 8, np.eye(3)),
            ("one point", (0.3,) * 8, np.eye(3)),
            ("white without luminance", (*DISPLAY_P3[:6], 0.3, 0.0), np.eye(3)),
            ("not finite", (float("nan"),) * 8, np.eye(3)),
        ):
            expected = tones(as_displayed(light @ matrix.T))
            make = partial(written, ".exr", light, depth, chromaticities=chromaticities)
            note = "passed over" if matrix[0, 1] == 0 else None
            yield Cell(
                "EXR",
                "primaries",
                f"{name} {depth}",
                make,
                always(expected),
                note=note,
                needs=OIIO,
            )
        for aspect in (2.0, 0.5):
            make = partial(written, ".exr", light, depth, PixelAspectRatio=aspect)
            yield Cell(
                "EXR",
                "pixel aspect",
                f"{aspect:g} {depth}",
                make,
                partial(stretched, shown, aspect),
                3,
                needs=OIIO,
            )
        make = partial(written, ".exr", light[:, :, :1], depth, ("Y",))
        grey = np.repeat(shown[:, :, :1], 3, axis=2)
        yield Cell("EXR", "channels", f"Y {depth}", make, always(grey), needs=OIIO)
        veiled = np.concatenate([light * alpha()[:, :, None], alpha()[:, :, None]], axis=2)
        expected = tones(as_displayed(veiled[:, :, :3]))
        make = partial(written, ".exr", veiled, depth, ("R", "G", "B", "A"))
        yield Cell(
            "EXR",
            "channels",
            f"RGBA, premultiplied, {depth}",
            make,
            always(expected),
            needs=OIIO,
        )
    deep = np.stack(
        [picture()[:, :, 0] * 2 + 70000, picture()[:, :, 0] + 70000, picture()[:, :, 2]], axis=2
    )
    expected = tones(as_displayed(deep @ P3_TO_SRGB.T))
    make = partial(written, ".exr", deep, "float", chromaticities=DISPLAY_P3)
    yield Cell("EXR", "values", "above 65504, other primaries", make, always(expected), needs=OIIO)
    odd = picture()
    odd[0, :3] = [[np.nan] * 3, [np.inf] * 3, [-np.inf] * 3]
    for depth in ("half", "float"):
        for name, options in PLAIN_AND_WIDE:
            plain = picture()
            expected = tones(as_displayed(plain @ P3_TO_SRGB.T if options else plain))
            expected[0, :3] = [[0] * 3, [255] * 3, [0] * 3]
            make = partial(written, ".exr", odd, depth, **options)
            yield Cell(
                "EXR",
                "values",
                f"not finite {depth}{name}",
                make,
                always(expected),
                needs=OIIO,
            )
    names = ("Y", "RY", "BY")
    yield Cell(
        "EXR",
        "channels",
        "Y, RY, BY",
        partial(written, ".exr", light, "half", names),
        None,
        refused="expected channels R, G, B, got",
        needs=OIIO,
    )


def _exr_windows() -> Iterator[Cell]:
    light = picture()
    for name, window in (
        ("inside", (3, 2, WIDTH + 10, HEIGHT + 8)),
        ("overscan", (-4, -3, WIDTH - 8, HEIGHT - 6)),
        ("just below", (0, HEIGHT, WIDTH, HEIGHT - 4)),
        ("far below", (0, 500, WIDTH, 20)),
        ("just right", (WIDTH, 0, WIDTH - 4, HEIGHT)),
        ("just left", (-WIDTH, 0, WIDTH - 4, HEIGHT)),
        ("far above", (0, -100, WIDTH, HEIGHT)),
        ("half outside", (WIDTH // 2, -HEIGHT // 2, WIDTH, HEIGHT)),
    ):
        x, y, width, height = window
        big = np.zeros((3000, 3000, 3))
        big[1000 + y : 1000 + y + HEIGHT, 1000 + x : 1000 + x + WIDTH] = light
        expected = tones(as_displayed(big[1000 : 1000 + height, 1000 : 1000 + width]))
        make = partial(written, ".exr", light, "half", window=window)
        yield Cell("EXR", "windows", name, make, always(expected), needs=OIIO)
