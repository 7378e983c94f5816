"""Cells of TIFF."""

from __future__ import annotations

import io
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from fidelity.cell import Cell, always
from fidelity.color_files import p3_profile, shown_from_p3
from fidelity.files import LOSSY, encoded
from fidelity.independent import by_openimageio
from fidelity.pictures import (
    HEIGHT,
    WIDTH,
    as_integers,
    channels,
    flat,
    normalised,
    picture,
    stored_as,
    tones,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


TIFF_NEEDS = ("tifffile", "imagecodecs")


def tiff_cells() -> Iterator[Cell]:
    yield from _tiff()
    yield from _tiff_layouts()


def tiff(samples: Any, **options: Any) -> bytes:
    import tifffile

    file = io.BytesIO()
    tifffile.imwrite(file, samples, **options)
    return file.getvalue()


def _tiff() -> Iterator[Cell]:
    for kind in ("L", "LA", "RGB", "RGBA"):
        photometric = "rgb" if kind.startswith("RGB") else "minisblack"
        for dtype in ("uint8", "uint16", "float16", "float32", "float64"):
            samples = samples_of(kind, dtype)
            options: dict[str, Any] = {"photometric": photometric, "planarconfig": "contig"}
            if kind.endswith("A"):
                options["extrasamples"] = ["unassalpha"]
            make = partial(tiff, samples[:, :, 0] if kind == "L" else samples, **options)
            shown = flat(normalised(samples))
            yield Cell(
                "TIFF",
                "depth and channels",
                f"{kind} {dtype}",
                make,
                always(shown),
                tolerance=2 if dtype == "float16" else 1,
                needs=TIFF_NEEDS,
            )
    for dtype in ("uint8", "uint16", "float32"):
        values = channels("RGBA")
        values[:, :, :3] *= values[:, :, 3:]
        samples = (
            values.astype(dtype) if dtype == "float32" else as_integers(values, int(dtype[4:]))
        )
        make = partial(tiff, samples, photometric="rgb", extrasamples=["assocalpha"])
        yield Cell(
            "TIFF",
            "transparency",
            f"associated alpha, {dtype}",
            make,
            lambda _: flat(channels("RGBA")),
            tolerance=2,
            needs=TIFF_NEEDS,
        )
        make = partial(
            tiff, samples_of("RGBA", dtype), photometric="rgb", extrasamples=["unspecified"]
        )
        yield Cell(
            "TIFF",
            "transparency",
            f"a fourth channel of no meaning, {dtype}",
            make,
            lambda _: tones(picture()),
            needs=TIFF_NEEDS,
        )
    grey = channels("L")[:, :, 0]
    for dtype in ("uint8", "uint16"):
        samples = samples_of("L", dtype)[:, :, 0]
        make = partial(tiff, np.iinfo(dtype).max - samples, photometric="miniswhite")
        yield Cell(
            "TIFF",
            "colours",
            f"white is zero, {dtype}",
            make,
            lambda _: flat(grey),
            needs=TIFF_NEEDS,
        )
        ink = np.concatenate([1 - picture(), np.zeros((HEIGHT, WIDTH, 1))], axis=2)
        make = partial(tiff, as_integers(ink, int(dtype[4:])), photometric="separated")
        yield Cell(
            "TIFF",
            "colours",
            f"CMYK, {dtype}",
            make,
            lambda _: tones(picture()),
            tolerance=2,
            needs=TIFF_NEEDS,
        )
        for orientation in range(2, 9):
            stored = stored_as(samples_of("RGB", dtype), orientation)
            tag = [(274, "H", 1, orientation, True)]
            make = partial(tiff, stored, photometric="rgb", extratags=tag)
            yield Cell(
                "TIFF",
                "orientation",
                f"{orientation}, {dtype}",
                make,
                lambda _: tones(picture()),
                needs=TIFF_NEEDS,
            )
        make = partial(tiff, samples_of("RGB", dtype), photometric="rgb", iccprofile=p3_profile())
        yield Cell(
            "TIFF",
            "colours",
            f"ICC Display P3, {dtype}",
            make,
            lambda _: shown_from_p3(picture()),
            tolerance=3,
            needs=TIFF_NEEDS,
        )
    make = partial(tiff, samples_of("RGB", "uint8"), photometric="rgb", resolution=(72, 144))
    yield Cell(
        "TIFF",
        "pixel aspect",
        "resolution 1:2",
        make,
        lambda _: tones(picture()),
        note="not applied: scanners write it by mistake",
        needs=TIFF_NEEDS,
    )
    for name, samples, reason in (
        ("floating point beyond 0..1", (picture() * 3).astype("float32"), "within 0..1"),
        ("32-bit integers", (grey * 1e6).astype("uint32"), "within 0..65535"),
        ("negative integers", (grey * 100 - 50).astype("int16"), "within 0..65535"),
        ("five bands", np.zeros((HEIGHT, WIDTH, 5), "uint16"), "expected"),
        ("a volume", np.zeros((7, HEIGHT, WIDTH), "uint16"), None),
    ):
        options = (
            {"photometric": "rgb"} if name.startswith("floating") else {"photometric": "minisblack"}
        )
        if name == "five bands":
            options["planarconfig"] = "contig"
        make = partial(tiff, samples, **options)
        if reason is None:
            black = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
            yield Cell(
                "TIFF",
                "values",
                name,
                make,
                always(black),
                note="the first page",
                needs=TIFF_NEEDS,
            )
        else:
            yield Cell("TIFF", "values", name, make, None, refused=reason, needs=TIFF_NEEDS)


def _tiff_layouts() -> Iterator[Cell]:
    for dtype in ("uint8", "uint16", "float32"):
        for name, options in (
            ("none", {}),
            ("LZW", {"compression": "lzw"}),
            ("deflate", {"compression": "zlib"}),
            ("deflate with predictor", {"compression": "zlib", "predictor": True}),
            ("Zstandard", {"compression": "zstd"}),
            ("PackBits", {"compression": "packbits"}),
            ("tiles", {"tile": (16, 16)}),
            ("big-endian", {"byteorder": ">"}),
            ("BigTIFF", {"bigtiff": True}),
            ("strips", {"rowsperstrip": 5}),
        ):
            make = partial(tiff, samples_of("RGB", dtype), photometric="rgb", **options)
            yield Cell(
                "TIFF",
                "compression and layout",
                f"{name}, {dtype}",
                make,
                lambda _: tones(picture()),
                needs=TIFF_NEEDS,
            )
        planes = np.ascontiguousarray(np.moveaxis(samples_of("RGB", dtype), 2, 0))
        make = partial(tiff, planes, photometric="rgb", planarconfig="separate")
        yield Cell(
            "TIFF",
            "compression and layout",
            f"separate planes, {dtype}",
            make,
            lambda _: tones(picture()),
            needs=TIFF_NEEDS,
        )
    make = partial(tiff, samples_of("RGB", "uint8"), photometric="rgb", compression="jpeg")
    yield Cell(
        "TIFF",
        "compression and layout",
        "JPEG, uint8",
        make,
        by_openimageio(".tif"),
        LOSSY,
        needs=(*TIFF_NEEDS, "OpenImageIO"),
    )
    for mode in ("1", "P"):
        image = Image.fromarray(tones(picture())).convert(mode)
        shown = np.asarray(image.convert("RGB"))
        yield Cell(
            "TIFF", "colours", f"mode {mode}", partial(encoded, image, "TIFF"), always(shown)
        )
    lab = Image.new("LAB", (WIDTH, HEIGHT), (128, 128, 128))
    shown = np.full((HEIGHT, WIDTH, 3), 119, np.uint8)
    yield Cell(
        "TIFF", "colours", "CIE Lab", partial(encoded, lab, "TIFF"), lambda _: shown, tolerance=2
    )


def samples_of(kind: str, dtype: str) -> Any:
    values = channels(kind)
    if dtype.startswith("float"):
        return values.astype(dtype)
    return as_integers(values, int(dtype.removeprefix("uint")))
