"""Cells of JPEG, WebP, AVIF, GIF, BMP, TGA, PPM, QOI, SGI."""

from __future__ import annotations

import struct
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from fidelity.cell import Cell, always
from fidelity.color_files import p3_profile, shown_from_p3
from fidelity.files import LOSSY, encoded, exif, image_of, turned
from fidelity.independent import by_av, by_imagecodecs
from fidelity.pictures import (
    HEIGHT,
    WIDTH,
    as_integers,
    channels,
    flat,
    normalised,
    picture,
    tones,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


def raster_cells() -> Iterator[Cell]:
    yield from _jpeg()
    yield from _webp_and_avif()
    yield from _simple()


def _jpeg() -> Iterator[Cell]:
    by_jpeg = by_imagecodecs("jpeg8")
    for kind, options in (
        ("L", {}),
        ("RGB", {}),
        ("RGB", {"subsampling": 0}),
        ("RGB", {"progressive": True}),
        ("RGB", {"restart_marker_rows": 1}),
    ):
        what = ", ".join(f"{key} {value}" for key, value in options.items())
        make = partial(encoded, image_of(kind), "JPEG", quality=95, **options)
        yield Cell("JPEG", "compression", f"{kind} {what}".strip(), make, by_jpeg, tolerance=3)
    cmyk = Image.fromarray(tones(picture())).convert("CMYK")
    make = partial(encoded, cmyk, "JPEG", quality=98)
    yield Cell("JPEG", "colours", "CMYK (Adobe)", make, by_av(".jpg"), tolerance=LOSSY)
    make = partial(
        encoded, image_of("RGB"), "JPEG", quality=98, subsampling=0, icc_profile=p3_profile()
    )
    yield Cell("JPEG", "colours", "ICC Display P3", make, _from_p3_by("jpeg8"), 4)
    for orientation in range(2, 9):
        make = partial(encoded, turned(orientation), "JPEG", quality=98, exif=exif(orientation))
        yield Cell("JPEG", "orientation", f"{orientation}", make, lambda _: tones(picture()), LOSSY)
        more = partial(
            encoded,
            turned(orientation),
            "MPO",
            quality=98,
            exif=exif(orientation),
            save_all=True,
            append_images=[Image.new("RGB", (8, 8))],
        )
        yield Cell("MPO", "orientation", f"{orientation}", more, lambda _: tones(picture()), LOSSY)
    make = partial(encoded, image_of("RGB"), "JPEG", quality=98, dpi=(72, 144))
    yield Cell(
        "JPEG",
        "pixel aspect",
        "JFIF density 1:2",
        make,
        lambda _: tones(picture()),
        LOSSY,
        note="not applied, as in browsers",
    )
    deep = as_integers(picture(), 12)
    yield Cell(
        "JPEG",
        "depth",
        "12 bits",
        partial(_by_codec, "jpeg8", deep, bitspersample=12),
        None,
        refused="damaged|unsupported|not an image",
    )


def _by_codec(codec: str, samples: Any, **options: Any) -> bytes:
    import imagecodecs

    written: bytes = getattr(imagecodecs, f"{codec}_encode")(samples, **options)
    return written


def _from_p3_by(codec: str) -> Any:
    """A decoder of imagecodecs, whose colours are those of Display P3."""

    def shown(content: bytes) -> Any:
        decode = getattr(import_module("imagecodecs"), f"{codec}_decode")
        return shown_from_p3(normalised(decode(content)))

    return shown


def _webp_and_avif() -> Iterator[Cell]:
    for kind in ("RGB", "RGBA"):
        make = partial(encoded, image_of(kind), "WEBP", lossless=True, exact=True)
        shown = flat(channels(kind))
        yield Cell("WebP", "compression", f"lossless {kind}", make, always(shown))
        make = partial(encoded, image_of(kind), "WEBP", quality=95)
        by_webp = by_imagecodecs("webp")
        yield Cell("WebP", "compression", f"lossy {kind}", make, by_webp, tolerance=2)
        make = partial(encoded, image_of(kind), "AVIF", quality=95)
        yield Cell(
            "AVIF", "compression", f"lossy {kind}", make, by_imagecodecs("avif"), tolerance=3
        )
    for orientation in range(2, 9):
        for name, options in (("WEBP", {"lossless": True}), ("AVIF", {"quality": 98})):
            make = partial(encoded, turned(orientation), name, exif=exif(orientation), **options)
            row = "WebP" if name == "WEBP" else name
            tolerance = 1 if name == "WEBP" else LOSSY
            yield Cell(
                row, "orientation", f"{orientation}", make, lambda _: tones(picture()), tolerance
            )
    for name, row in (("WEBP", "WebP"), ("AVIF", "AVIF")):
        how: dict[str, Any] = (
            {"lossless": True} if row == "WebP" else {"quality": 98, "subsampling": "4:4:4"}
        )
        make = partial(encoded, image_of("RGB"), name, icc_profile=p3_profile(), **how)
        yield Cell(row, "colours", "ICC Display P3", make, _from_p3_by(row.lower()), 6)
    deep = as_integers(picture(), 10)
    make = partial(_by_codec, "avif", deep, level=98, bitspersample=10, speed=8)
    yield Cell("AVIF", "depth", "10 bits", make, by_imagecodecs("avif", 10), tolerance=3)


def _simple() -> Iterator[Cell]:
    for mode in ("L", "RGB"):
        quantised = image_of(mode).convert("P", palette=Image.Palette.ADAPTIVE, colors=64)
        yield Cell(
            "GIF", "palette", mode, partial(encoded, quantised, "GIF"), by_imagecodecs("gif")
        )
    clear = image_of("RGB").convert("P", palette=Image.Palette.ADAPTIVE, colors=64)
    make = partial(encoded, clear, "GIF", transparency=3)
    yield Cell("GIF", "transparency", "one colour", make, by_av(".gif"))
    frames = [Image.new("RGB", (WIDTH, HEIGHT), color) for color in ("red", "blue")]
    make = partial(encoded, frames[0], "GIF", save_all=True, append_images=frames[1:])
    red = np.broadcast_to(np.array([255, 0, 0], np.uint8), (HEIGHT, WIDTH, 3))
    yield Cell("GIF", "frames", "animation", make, lambda _: red, note="the first frame")
    for mode in ("1", "L", "P", "RGB"):
        image = image_of("RGB").convert(mode)
        shown = flat(normalised(np.asarray(image.convert("RGB"))))
        yield Cell("BMP", "channels", mode, partial(encoded, image, "BMP"), always(shown))
    yield Cell(
        "BMP", "channels", "RGBA by masks", _bmp_with_alpha, lambda _: flat(channels("RGBA"))
    )
    make = partial(encoded, image_of("RGBA"), "BMP")
    yield Cell(
        "BMP",
        "channels",
        "32 bits without masks",
        make,
        lambda _: tones(picture()),
        note="the fourth byte means nothing",
    )
    for kind in ("L", "RGB", "RGBA"):
        for options in ({}, {"compression": "tga_rle"}):
            name = f"{kind}{', run lengths' * bool(options)}"
            make = partial(encoded, image_of(kind), "TGA", **options)
            shown = flat(channels(kind))
            yield Cell("TGA", "compression", name, make, always(shown))
    make = partial(encoded, image_of("RGB"), "TGA", orientation=1)
    yield Cell("TGA", "orientation", "rows from the top", make, lambda _: tones(picture()))
    for kind in ("RGB", "RGBA"):
        make = partial(encoded, image_of(kind), "QOI")
        yield Cell("QOI", "channels", kind, make, by_imagecodecs("qoi"))
    for kind in ("L", "RGB", "RGBA"):
        make = partial(encoded, image_of(kind), "SGI")
        shown = flat(channels(kind))
        yield Cell("SGI", "channels", f"{kind} 8", make, always(shown))
    for kind, magic in (("L", "P5"), ("RGB", "P6")):
        for bits in (8, 10, 12, 16):
            samples = as_integers(channels(kind), bits)
            most = (1 << bits) - 1
            body = samples.astype(">u2" if bits > 8 else "u1").tobytes()
            content = b"%s %d %d %d\n" % (magic.encode(), WIDTH, HEIGHT, most) + body
            shown = flat(normalised(samples, bits))
            yield Cell("PPM", "depth", f"{kind} {bits}", partial(bytes, content), always(shown))


def _bmp_with_alpha() -> bytes:
    """A bitmap of version 4, whose masks say where alpha is."""
    pixels = as_integers(channels("RGBA"), 8)[::-1].tobytes()
    masks = struct.pack("<4I", 0xFF, 0xFF00, 0xFF0000, 0xFF000000)
    info = struct.pack("<IiiHHIIiiII", 108, WIDTH, HEIGHT, 1, 32, 3, len(pixels), 0, 0, 0, 0)
    header = (info + masks + b"BGRs").ljust(108, b"\0")
    return b"BM" + struct.pack("<IHHI", 14 + 108 + len(pixels), 0, 0, 122) + header + pixels
