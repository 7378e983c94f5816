"""Cells of clips: how a frame is shown."""

from __future__ import annotations

import tempfile
from fractions import Fraction
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fidelity.light_files import stretched
from fidelity.pictures import HEIGHT, WIDTH, alpha, as_displayed, flat, picture, tones

if TYPE_CHECKING:
    from collections.abc import Iterator

from fidelity.cell import Cell, always

LOSSY = 12
AV = ("av",)


def clip_cells() -> Iterator[Cell]:
    for codec, pixels in (
        ("libx264", "yuv444p"),
        ("libx264", "yuv420p"),
        ("ffv1", "gbrp16le"),
        ("mjpeg", "yuvj444p"),
        ("prores_ks", "yuv422p10le"),
        ("libvpx-vp9", "yuv420p"),
    ):
        make = partial(clip, codec=codec, pixels=pixels)
        yield Cell(
            "Clip", "codec", f"{codec} {pixels}", make, lambda _: tones(picture()), 16, needs=AV
        )
    for degrees in (90, 180, 270):
        shown = np.rot90(tones(picture()), degrees // 90)
        make = partial(clip, rotation=degrees, ending=".mp4", codec="libx264", pixels="yuv444p")
        yield Cell(
            "Clip", "orientation", f"{degrees} degrees", make, always(shown), LOSSY, needs=AV
        )
    for name, matrix, shown in (
        ("mirrored", (-65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30), tones(picture())[:, ::-1]),
        ("upside down", (65536, 0, 0, 0, -65536, 0, 0, 0, 1 << 30), tones(picture())[::-1]),
        ("transposed", (0, 65536, 0, 65536, 0, 0, 0, 0, 1 << 30), tones(picture()).swapaxes(0, 1)),
    ):
        make = partial(clip, matrix=matrix, ending=".mp4", codec="libx264", pixels="yuv444p")
        yield Cell("Clip", "orientation", name, make, always(shown), LOSSY, needs=AV)
    for aspect in (Fraction(2), Fraction(1, 2)):
        for ending in (".mp4", ".mkv"):
            make = partial(clip, aspect=aspect, ending=ending, codec="libx264", pixels="yuv444p")
            shown_at = partial(stretched, tones(picture()), float(aspect))
            yield Cell(
                "Clip", "pixel aspect", f"{aspect} {ending}", make, shown_at, LOSSY, needs=AV
            )
    for name, code, light in (
        ("PQ", 16, _pq(picture())),
        ("HLG", 18, _hlg(picture())),
        ("linear", 8, picture()),
    ):
        expected = tones(as_displayed(light @ BT2020_TO_SRGB.T))
        for codec, pixels in (("ffv1", "gbrp16le"), ("ffv1", "yuv444p10le")):
            make = partial(
                clip, codec=codec, pixels=pixels, points=(9, code, 9 if "yuv" in pixels else 0)
            )
            tolerance = 2 if pixels.startswith("gbr") else 48
            note = "cut off above the white of the display" if name != "linear" else None
            yield Cell(
                "Clip",
                "transfer",
                f"{name} of BT.2020, {pixels}",
                make,
                always(expected),
                tolerance,
                note=note,
                needs=AV,
            )
    rgba = np.concatenate([picture(), alpha()[:, :, None]], axis=2)
    make = partial(
        clip, codec="qtrle", pixels="argb", ending=".mov", samples=tones(rgba), kind="rgba"
    )
    yield Cell("Clip", "transparency", "qtrle argb", make, lambda _: flat(rgba), needs=AV)


BT2020_TO_SRGB = np.array(
    [
        [1.6604910021, -0.5876411388, -0.0728498633],
        [-0.1245504745, 1.1328998971, -0.0083494226],
        [-0.0181507634, -0.1005788980, 1.1187296614],
    ]
)
"""Linear light, ITU-R BT.2087."""


def _pq(signal: Any) -> Any:
    m1, m2, c1, c2, c3 = 0.1593017578125, 78.84375, 0.8359375, 18.8515625, 18.6875
    power = signal ** (1 / m2)
    return 10000 / 203 * (np.maximum(power - c1, 0) / (c2 - c3 * power)) ** (1 / m1)


def _hlg(signal: Any) -> Any:
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)
    luminance = scene @ np.array([0.2627, 0.6780, 0.0593])
    return scene * luminance[..., None] ** 0.2 * 1000 / 203


def clip(
    *,
    codec: str,
    pixels: str,
    ending: str = ".mkv",
    rotation: int | None = None,
    matrix: Any = None,
    aspect: Any = None,
    points: tuple[int, int, int] | None = None,
    samples: Any = None,
    kind: str = "rgb48le",
) -> bytes:
    """A clip of two frames."""
    av: Any = import_module("av")
    if samples is None:
        samples = np.rint(picture() * 65535).astype(np.uint16)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"a{ending}")
        with av.open(str(path), "w") as container:
            stream = container.add_stream(codec, rate=10)
            stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, pixels
            stream.bit_rate = 20_000_000
            if codec == "libx264":
                stream.options = {"crf": "1"}
            if rotation is not None:
                stream.set_display_rotation(rotation)
            if matrix is not None:
                stream.set_display_matrix(matrix)
            context = stream.codec_context
            if aspect is not None:
                context.sample_aspect_ratio = aspect
            if points is not None:
                context.color_primaries, context.color_trc, context.colorspace = points
            for number in range(2):
                frame = av.VideoFrame.from_ndarray(samples, format=kind)
                matrix_name = "BT2020" if points is not None and "yuv" in pixels else None
                # Several threads make its 10-bit frames differ from run to run.
                frame = frame.reformat(format=pixels, dst_colorspace=matrix_name, threads=1)
                frame.pts = number
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
        return path.read_bytes()
