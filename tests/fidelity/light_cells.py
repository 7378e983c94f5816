"""Cells of OpenEXR, Radiance HDR, PFM, DPX."""

from __future__ import annotations

import tempfile
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fidelity.cell import Cell, always
from fidelity.color_files import DISPLAY_P3, P3_TO_SRGB
from fidelity.independent import by_openimageio, openimageio_values
from fidelity.pictures import HEIGHT, WIDTH, alpha, as_displayed, flat, picture, stored_as, tones

if TYPE_CHECKING:
    from collections.abc import Iterator

OIIO = ("OpenImageIO",)
_PLAIN_AND_WIDE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("", {}),
    (", other primaries", {"chromaticities": DISPLAY_P3}),
)
XYZ_TO_SRGB_FROM_E = np.array(
    [
        [3.1473337, -1.6664026, -0.4809311],
        [-0.9955244, 1.9557402, 0.0397842],
        [0.0636054, -0.2145637, 1.1509583],
    ]
)
"""Linear sRGB of CIE XYZ whose white E is adapted to D65 after Bradford."""


def light_cells() -> Iterator[Cell]:
    yield from _exr()
    yield from _exr_windows()
    yield from _hdr()
    yield from _pfm()
    yield from _dpx()


def written(
    suffix: str,
    light: Any,
    depth: str,
    names: tuple[str, ...] = ("R", "G", "B"),
    window: tuple[int, int, int, int] | None = None,
    **attributes: Any,
) -> bytes:
    """A file of OpenImageIO; `window` is x and y of the data, width and height of the display."""
    oiio: Any = import_module("OpenImageIO")
    spec = oiio.ImageSpec(light.shape[1], light.shape[0], light.shape[2], depth)
    spec.channelnames = names[: light.shape[2]]
    if window is not None:
        spec.x, spec.y, spec.full_width, spec.full_height = window
    for name, value in attributes.items():
        if name == "chromaticities":
            spec.attribute(name, oiio.TypeDesc("float[8]"), tuple(value))
        else:
            spec.attribute(name.replace("__", ":"), value)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"a{suffix}")
        file = oiio.ImageOutput.create(str(path))
        assert file.open(str(path), spec), file.geterror()
        assert file.write_image(np.ascontiguousarray(light, dtype=np.float32))
        file.close()
        return path.read_bytes()


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
                partial(_stretched, shown, aspect),
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
        for name, options in _PLAIN_AND_WIDE:
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


def _stretched(shown: Any, aspect: float, _content: bytes) -> Any:
    """Square pixels by linear interpolation between centres, along one axis."""
    axis = 1 if aspect > 1 else 0
    factor = max(aspect, 1 / aspect)
    length = shown.shape[axis]
    places = np.clip((np.arange(round(length * factor)) + 0.5) / factor - 0.5, 0, length - 1)
    low = np.floor(places).astype(int)
    part = (places - low).reshape((1, -1, 1) if axis else (-1, 1, 1))
    values = shown.astype(float)
    first = np.take(values, low, axis)
    second = np.take(values, np.minimum(low + 1, length - 1), axis)
    return np.rint(first * (1 - part) + second * part).astype(np.uint8)


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
        lambda c: _stretched(tones(as_displayed(light)), 2.0, c),
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
        lambda c: _stretched(tones(picture()), 2.0, c),
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
