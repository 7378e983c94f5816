"""Decoders of others, for files that the package reads by one of its own choice."""

from __future__ import annotations

import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fidelity.pictures import as_displayed, flat, normalised, tones

Pixels = npt.NDArray[np.uint8]


def by_imagecodecs(codec: str, bits: int | None = None, **options: Any) -> Any:
    """A decoder of imagecodecs, shown before black."""

    def shown(content: bytes) -> Pixels:
        decode = getattr(import_module("imagecodecs"), f"{codec}_decode")
        return flat(normalised(decode(content, **options), bits))

    return shown


def by_openimageio(suffix: str, *, is_light: bool = False) -> Any:
    """The reader of OpenImageIO, whose alpha is premultiplied."""

    def shown(content: bytes) -> Pixels:
        values = openimageio_values(content, suffix)
        color: npt.NDArray[Any] = values[:, :, : 1 if values.shape[2] < 3 else 3]
        color = as_displayed(color) if is_light else color
        return tones(np.broadcast_to(color, (*color.shape[:2], 3)))

    return shown


def openimageio_values(content: bytes, suffix: str) -> npt.NDArray[np.float32]:
    oiio: Any = import_module("OpenImageIO")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"a{suffix}")
        path.write_bytes(content)
        file = oiio.ImageInput.open(str(path))
        assert file is not None, oiio.geterror()
        values = np.asarray(file.read_image("float"))
        file.close()
    return values


def by_av(suffix: str) -> Any:
    """FFmpeg's decoder, of the first frame; alpha is straight."""

    def shown(content: bytes) -> Pixels:
        av: Any = import_module("av")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, f"a{suffix}")
            path.write_bytes(content)
            with av.open(str(path)) as container:
                frame = next(container.decode(video=0))
                rgba = frame.to_ndarray(format="rgba")
        return flat(normalised(rgba))

    return shown
