"""OpenEXR and Radiance HDR: from scene-linear light to what a display shows."""

from __future__ import annotations

import functools
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from twinscore.base.errors import UnreadableImageError
from twinscore.base.extras import require
from twinscore.images.decoding.exr_layers import find_beauty
from twinscore.images.decoding.primaries import to_display_primaries
from twinscore.images.decoding.size_limit import check_size
from twinscore.images.records import ImageFacts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.images.decoding.exr_layers import Layer

_OPENEXR = b"\x76\x2f\x31\x01"
_RADIANCE = (b"#?RADIANCE", b"#?RGBE")

_FORMAT_NAMES = {"openexr": "EXR", "hdr": "HDR"}


def is_scene_linear(head: bytes) -> bool:
    """Tell from the first 16 bytes whether a file holds scene-linear light."""
    return head.startswith((_OPENEXR, *_RADIANCE))


def read_scene_linear(content: Path | bytes, *, exposure: float = 0.0) -> Image.Image:
    """Read an OpenEXR or Radiance HDR file as a display shows it.

    Light is multiplied by 2 to the power of ``exposure``, brought to the primaries of sRGB where
    the file names others, cut off at 0 and 1, and encoded by the transfer function of sRGB
    (IEC 61966-2-1) in 8 bits. There is no tone mapping. Alpha is taken as premultiplied, as
    OpenEXR prescribes, so the picture stands before black; NaN is black. What is shown is the
    display window of the beauty layer (`find_beauty`).

    Parameters
    ----------
    content
        A file or its bytes.
    exposure
        In stops: 1 doubles the light.

    Returns
    -------
    Image.Image
        Mode RGB.

    Raises
    ------
    MissingExtraError
        OpenImageIO is not installed.
    UnreadableImageError
        The file is damaged, too large, or has no beauty layer.
    """
    with _opened(content) as (file, layer):
        spec = file.spec(layer.part)
        check_size(spec.full_width, spec.full_height)
        check_size(spec.width, spec.height)
        light = _read_light(file, layer)
        chromaticities = spec.getattribute("chromaticities")
        if chromaticities is not None:
            light = to_display_primaries(light, chromaticities)
        shown = _display_table(float(exposure))[light.view(np.uint16)]
        return Image.fromarray(_display_window(shown, spec)).convert("RGB")


def read_scene_linear_facts(content: Path | bytes) -> ImageFacts:
    """Read what the header tells; raises as ``read_scene_linear`` does."""
    with _opened(content) as (file, layer):
        spec = file.spec(layer.part)
        name = _FORMAT_NAMES.get(file.format_name(), file.format_name().upper())
        letters = "L" if len(layer.channels) == 1 else "RGB"
        mode = f"{letters};{spec.format}"
        return ImageFacts(name, spec.full_width, spec.full_height, mode)


@contextmanager
def _opened(content: Path | bytes) -> Iterator[tuple[Any, Layer]]:
    """Open a file of OpenImageIO and find the layer to read."""
    oiio = require("OpenImageIO", extra="vfx", purpose="reading OpenEXR and HDR files")
    with _as_file(content) as path:
        file = oiio.ImageInput.open(str(path))
        if file is None:
            raise UnreadableImageError(_damaged(oiio.geterror()))
        try:
            yield file, find_beauty(_parts(file))
        finally:
            file.close()


@contextmanager
def _as_file(content: Path | bytes) -> Iterator[Path]:
    """Give bytes a file: OpenImageIO's Python binding reads nothing else."""
    if isinstance(content, Path):
        yield content
        return
    suffix = ".exr" if content.startswith(_OPENEXR) else ".hdr"
    with tempfile.NamedTemporaryFile(prefix="twinscore-", suffix=suffix) as file:
        file.write(content)
        file.flush()
        yield Path(file.name)


def _parts(file: Any) -> list[tuple[str, tuple[str, ...]]]:
    """List the name and the channels of every part."""
    parts: list[tuple[str, tuple[str, ...]]] = []
    while file.seek_subimage(len(parts), 0):
        spec = file.spec()
        if spec.deep:
            raise UnreadableImageError("deep images are not read; flatten them first")
        parts.append((spec.get_string_attribute("name"), tuple(spec.channelnames)))
    file.geterror()  # Asking for one part too many left a message.
    return parts


def _read_light(file: Any, layer: Layer) -> npt.NDArray[np.float16]:
    """Read a layer, shape (height, width, 1 or 3); half floats tell 8-bit tones well apart."""
    first, last = min(layer.channels), max(layer.channels)
    samples = file.read_image(layer.part, 0, first, last + 1, "half")
    if samples is None or file.has_error:
        raise UnreadableImageError(_damaged(file.geterror()))
    order = [channel - first for channel in layer.channels]
    return np.ascontiguousarray(np.asarray(samples, dtype=np.float16)[:, :, order])


def _display_window(shown: npt.NDArray[np.uint8], spec: Any) -> npt.NDArray[np.uint8]:
    """Cut the data window to the display window; what lies outside of the data is black."""
    window = np.zeros((spec.full_height, spec.full_width, shown.shape[2]), dtype=np.uint8)
    left, top = spec.x - spec.full_x, spec.y - spec.full_y
    right, bottom = left + spec.width, top + spec.height
    rows = slice(max(top, 0), max(min(bottom, spec.full_height), 0))
    columns = slice(max(left, 0), max(min(right, spec.full_width), 0))
    window[rows, columns] = shown[
        rows.start - top : rows.stop - top, columns.start - left : columns.stop - left
    ]
    return window[:, :, 0] if window.shape[2] == 1 else window


@functools.lru_cache(maxsize=8)
def _display_table(exposure: float) -> npt.NDArray[np.uint8]:
    """Return the 8-bit tone of every half float, by its bits."""
    halves = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    with np.errstate(over="ignore", invalid="ignore"):
        light = np.nan_to_num(halves.astype(np.float64), nan=0.0) * 2.0**exposure
    light = np.clip(light, 0.0, 1.0)
    encoded = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    table: npt.NDArray[np.uint8] = np.rint(encoded * 255).astype(np.uint8)
    return table


def _damaged(message: str) -> str:
    text = " ".join(message.split())
    return f"damaged file ({text})" if text else "damaged file"
