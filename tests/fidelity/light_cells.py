"""Cells of Radiance HDR, PFM, DPX."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from fidelity.cell import Cell, always
from fidelity.color_files import DISPLAY_P3, P3_TO_SRGB
from fidelity.independent import by_openimageio, openimageio_values
from fidelity.light_files import OIIO, XYZ_TO_SRGB_FROM_E, stretched, written
from fidelity.pictures import (
    HEIGHT,
    WIDTH,
    alpha,
    as_displayed,
    flat,
    picture,
    stored_as,
    tones,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


def light_cells() -> Iterator[Cell]:
    yield from _hdr()
    yield from _pfm()
    yield from _dpx()


def _hdr() -> Iterator[Cell]:
    light = picture() * 0.9 + 0.05
    lines = {
        1: b"-Y %d +X %d",
        2: b"-Y %d -X %d",
        3: b"+Y %d -X %d",
        4: b"+Y %d +X %d",
        5: b"+X %d -Y %d",
        6: b"-X %d -Y %d",
        7: b"-X %d +Y %d",
        8: b"+X %d +Y %d",
    }
    for orientation, line in lines.items():
        yield Cell(
            "HDR",
            "orientation",
            line.decode().replace(" %d", ""),
            partial(_hdr_file, stored_as(light, orientation), line),
            lambda _: tones(as_displayed(light)),
            tolerance=3,
            needs=OIIO,
        )
    p3 = " ".join(map(str, DISPLAY_P3)).encode()
    for name, further, matrix in (
        ("PRIMARIES of Display P3", b"PRIMARIES= " + p3 + b"\n", P3_TO_SRGB),
        ("PRIMARIES that are none", b"PRIMARIES=0 0 0 0 0 0 0 0\n", np.eye(3)),
    ):
        expected = tones(as_displayed(_in_hdr(light) @ matrix.T))
        make = partial(_hdr_file, light, lines[1], further)
        yield Cell("HDR", "primaries", name, make, always(expected), tolerance=2, needs=OIIO)
    expected = tones(as_displayed(_in_hdr(light) @ XYZ_TO_SRGB_FROM_E.T))
    yield Cell(
        "HDR",
        "primaries",
        "32-bit_rle_xyze",
        partial(_hdr_file, light, lines[1], kind=b"xyze"),
        always(expected),
        tolerance=2,
        needs=OIIO,
    )
    for name, further in (("EXPOSURE", b"EXPOSURE=4\n"), ("COLORCORR", b"COLORCORR=2 1 1\n")):
        yield Cell(
            "HDR",
            "exposure",
            name,
            partial(_hdr_file, light, lines[1], further),
            lambda _: tones(as_displayed(light)),
            tolerance=3,
            note="has been applied already, and is left so",
            needs=OIIO,
        )
    yield Cell(
        "HDR",
        "pixel aspect",
        "PIXASPECT 0.5",
        partial(_hdr_file, light, lines[1], b"PIXASPECT=0.5\n"),
        lambda c: stretched(tones(as_displayed(light)), 2.0, c),
        tolerance=5,
        needs=OIIO,
    )
    yield Cell(
        "HDR",
        "compression",
        "run lengths",
        partial(written, ".hdr", light, "float"),
        by_openimageio(".hdr", is_light=True),
        needs=OIIO,
    )


def _in_hdr(light: Any) -> Any:
    """What is left of light in mantissas of eight bits."""
    exponents = np.ceil(np.log2(light.max(axis=2, keepdims=True) * (256 / 255)))
    return np.floor(light * 256 / 2.0**exponents) / 256 * 2.0**exponents


def _hdr_file(light: Any, line: bytes, further: bytes = b"", kind: bytes = b"rgbe") -> bytes:
    """Pixels without run lengths: mantissas that share an exponent (Ward 1991)."""
    exponents = np.ceil(np.log2(light.max(axis=2, keepdims=True) * (256 / 255)))
    mantissas = np.floor(light * 256 / 2.0**exponents)
    pixels = np.concatenate([mantissas, exponents + 128], axis=2).astype(np.uint8)
    size = line % light.shape[:2]
    header = b"#?RADIANCE\n%sFORMAT=32-bit_rle_%s\n\n%s\n" % (further, kind, size)
    return header + bytes(pixels.tobytes())


def _pfm() -> Iterator[Cell]:
    for magic, light in ((b"PF", picture()), (b"Pf", picture()[:, :, :1])):
        for order, scale in (("<f4", b"-1.0"), (">f4", b"1.0")):
            body = light[::-1].astype(order).tobytes()
            content = magic + b"\n%d %d\n" % (WIDTH, HEIGHT) + scale + b"\n" + body
            shown = tones(np.broadcast_to(as_displayed(light), (HEIGHT, WIDTH, 3)))
            yield Cell(
                "PFM",
                "channels",
                f"{magic.decode()} {order}",
                partial(bytes, content),
                always(shown),
                needs=OIIO,
            )


def _dpx() -> Iterator[Cell]:
    for bits, depth in ((8, "uint8"), (10, "uint16"), (12, "uint16"), (16, "uint16")):
        make = partial(written, ".dpx", picture(), depth, oiio__BitsPerSample=bits)
        yield Cell("DPX", "depth", f"RGB {bits}", make, by_openimageio(".dpx"), needs=OIIO)
    for orientation in range(2, 9):
        for bits, depth in ((8, "uint8"), (10, "uint16")):
            make = partial(_turned_dpx, orientation, bits, depth)
            yield Cell(
                "DPX",
                "orientation",
                f"{orientation}, {bits} bits",
                make,
                lambda _: tones(picture()),
                needs=OIIO,
            )
    make = partial(written, ".dpx", picture(), "uint16", PixelAspectRatio=2.0)
    yield Cell(
        "DPX",
        "pixel aspect",
        "2",
        make,
        lambda c: stretched(tones(picture()), 2.0, c),
        3,
        needs=OIIO,
    )
    make = partial(written, ".dpx", picture(), "uint16", dpx__Transfer="Linear")
    yield Cell(
        "DPX", "transfer", "linear", make, lambda _: tones(as_displayed(picture())), 2, needs=OIIO
    )
    make = partial(
        written, ".dpx", picture(), "uint16", dpx__Transfer="Logarithmic", oiio__BitsPerSample=10
    )
    yield Cell("DPX", "transfer", "printing density", make, _by_kodak, 2, needs=OIIO)
    rgba = np.concatenate([picture(), alpha()[:, :, None]], axis=2)
    make = partial(written, ".dpx", rgba, "uint8", ("R", "G", "B", "A"), oiio__UnassociatedAlpha=1)
    yield Cell("DPX", "channels", "RGBA", make, lambda _: flat(rgba), 2, needs=OIIO)


def _by_kodak(content: bytes) -> Any:
    """Kodak's conversion of 10-bit printing density, written down again."""
    codes = openimageio_values(content, ".dpx") * 1023.0
    black = 10 ** ((95 - 685) * 0.002 / 0.6)
    return tones(as_displayed((10 ** ((codes - 685) * 0.002 / 0.6) - black) / (1 - black)))


def _turned_dpx(orientation: int, bits: int, depth: str) -> bytes:
    """A file whose code of orientation is that of SMPTE 268M, which OpenImageIO writes amiss."""
    stored = stored_as(picture(), orientation)
    content = bytearray(written(".dpx", stored, depth, oiio__BitsPerSample=bits))
    code = {2: 1, 3: 3, 4: 2, 5: 4, 6: 5, 7: 7, 8: 6}[orientation]
    content[768:770] = code.to_bytes(2, "little" if content.startswith(b"XPDS") else "big")
    return bytes(content)
