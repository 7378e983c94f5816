"""Cells of JPEG 2000, JPEG XL, HEIF, PSD."""

from __future__ import annotations

import io
import struct
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from fidelity.cell import Cell, always
from fidelity.color_files import p3_profile, shown_from_p3
from fidelity.files import LOSSY, exif, turned
from fidelity.independent import by_imagecodecs
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
from fidelity.tiff_cells import samples_of

if TYPE_CHECKING:
    from collections.abc import Iterator


def deep_cells() -> Iterator[Cell]:
    yield from _jpeg2000()
    yield from _jpeg_xl()
    yield from _heif()
    yield from _psd()


def _jpeg2000() -> Iterator[Cell]:
    for container in ("J2K", "JP2"):
        for kind in ("L", "LA", "RGB", "RGBA"):
            for bits in (8, 10, 12, 16):
                make = partial(_jpeg2000_file, kind, bits, container)
                shown = flat(normalised(as_integers(channels(kind), bits), bits))
                yield Cell(
                    "JPEG 2000",
                    f"depth and channels ({container})",
                    f"{kind} {bits}",
                    make,
                    always(shown),
                    needs=("imagecodecs",),
                )
        lossy = partial(_jpeg2000_file, "RGB", 16, container, level=40, reversible=False)
        yield Cell(
            "JPEG 2000",
            "compression",
            f"lossy 16 ({container})",
            lossy,
            by_imagecodecs("jpeg2k"),
            tolerance=2,
            needs=("imagecodecs",),
        )


def _jpeg2000_file(kind: str, bits: int, container: str, **options: Any) -> bytes:
    import imagecodecs

    samples = as_integers(channels(kind), bits)
    options = options or {"level": 0, "reversible": True}
    written = imagecodecs.jpeg2k_encode(
        samples[:, :, 0] if kind == "L" else samples,
        codecformat=container,
        bitspersample=bits,
        **options,
    )
    return bytes(written)


def _jpeg_xl() -> Iterator[Cell]:
    for kind in ("L", "LA", "RGB", "RGBA"):
        for dtype in ("uint8", "uint16", "float32"):
            samples = samples_of(kind, dtype)
            make = partial(_jpeg_xl_file, samples[:, :, 0] if kind == "L" else samples)
            shown = flat(normalised(samples))
            yield Cell(
                "JPEG XL",
                "depth and channels",
                f"{kind} {dtype}",
                make,
                always(shown),
                needs=("imagecodecs",),
            )


def _jpeg_xl_file(samples: Any) -> bytes:
    import imagecodecs

    written = imagecodecs.jpegxl_encode(samples, lossless=True)
    return bytes(written)


def _heif() -> Iterator[Cell]:
    for kind in ("RGB", "RGBA"):
        samples = as_integers(channels(kind), 8)
        make = partial(_heif_file, samples, kind)
        yield Cell(
            "HEIF",
            "channels",
            kind,
            make,
            always(flat(channels(kind))),
            LOSSY,
            needs=("pillow_heif",),
        )
    for orientation in range(2, 9):
        make = partial(_heif_file, np.asarray(turned(orientation)), "RGB", exif=exif(orientation))
        yield Cell(
            "HEIF",
            "orientation",
            f"{orientation}",
            make,
            lambda _: tones(picture()),
            LOSSY,
            needs=("pillow_heif",),
        )
    make = partial(_heif_file, as_integers(picture(), 8), "RGB", icc_profile=p3_profile())
    yield Cell(
        "HEIF",
        "colours",
        "ICC Display P3",
        make,
        lambda _: shown_from_p3(picture()),
        LOSSY,
        needs=("pillow_heif",),
    )


def _heif_file(samples: Any, mode: str, **options: Any) -> bytes:
    import pillow_heif

    file = io.BytesIO()
    height, width = samples.shape[:2]
    heif = pillow_heif.from_bytes(mode=mode, size=(width, height), data=samples.tobytes())
    heif.save(
        file, quality=-1, chroma=444, matrix_coefficients=0 if mode == "RGB" else 1, **options
    )
    return file.getvalue()


def _psd() -> Iterator[Cell]:
    for kind, mode in (("L", 1), ("RGB", 3), ("RGBA", 3)):
        for bits in (8, 16):
            if kind == "RGBA" and bits == 16:
                continue
            make = partial(_psd_file, kind, mode, bits)
            shown = flat(channels(kind))
            yield Cell(
                "PSD",
                "depth and channels",
                f"{kind} {bits}",
                make,
                always(shown),
                needs=("OpenImageIO",) if bits == 16 else (),
            )


def _psd_file(kind: str, mode: int, bits: int) -> bytes:
    samples = as_integers(channels(kind), bits)
    planes = np.moveaxis(samples, 2, 0).astype(">u2" if bits == 16 else "u1")
    header = b"8BPS" + struct.pack(">H6xHIIHH", 1, samples.shape[2], HEIGHT, WIDTH, bits, mode)
    return header + b"\0" * 12 + b"\0\0" + planes.tobytes()
