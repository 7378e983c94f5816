"""OpenEXR, Radiance HDR and PFM: from scene-linear light to what a display shows."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from twinscore.images.decoding.color import square_pixels, upright
from twinscore.images.decoding.exr_layers import find_beauty
from twinscore.images.decoding.openimageio import opened, parts_of, read_channels
from twinscore.images.decoding.primaries import to_display_primaries
from twinscore.images.decoding.radiance_header import as_rgb_file, read_radiance_header
from twinscore.images.decoding.size_limit import check_size
from twinscore.images.decoding.transfer import display_tones, exposed, tones_of_halves
from twinscore.images.records import ImageFacts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy.typing as npt

    from twinscore.images.decoding.exr_layers import Layer

_OPENEXR = b"\x76\x2f\x31\x01"
_RADIANCE = (b"#?RADIANCE", b"#?RGBE")
_PORTABLE = (b"PF\n", b"Pf\n", b"PF\r", b"Pf\r", b"PF ", b"Pf ")

_FORMAT_NAMES = {"openexr": "EXR", "hdr": "HDR", "pnm": "PFM"}


def is_scene_linear(head: bytes) -> bool:
    """Tell from the first 16 bytes whether a file holds scene-linear light."""
    return head.startswith((_OPENEXR, *_RADIANCE, *_PORTABLE))


def read_scene_linear(content: Path | bytes, *, exposure: float = 0.0) -> Image.Image:
    """Read an OpenEXR, Radiance HDR or PFM file as a display shows it.

    Light is multiplied by 2 to the power of ``exposure``, brought to the primaries of sRGB where
    the file names others, cut off at 0 and 1, and encoded by the transfer function of sRGB
    (IEC 61966-2-1) in 8 bits. There is no tone mapping. Alpha is taken as premultiplied, as
    OpenEXR prescribes, so the picture stands before black; NaN is black. What is shown is the
    display window of the beauty layer (`find_beauty`), turned as the file says (``Orientation``,
    the resolution line of HDR) and stretched where its pixels are not square.

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
    with _opened_beauty(content) as beauty:
        spec = beauty.spec
        check_size(spec.full_width, spec.full_height)
        check_size(spec.width, spec.height)
        shown = _display_window(_tones(beauty, float(exposure)), spec)
        image = Image.fromarray(shown).convert("RGB")
        return upright(square_pixels(image, beauty.pixel_aspect), beauty.orientation)


def read_scene_linear_facts(content: Path | bytes) -> ImageFacts:
    """Read what the header tells; raises as ``read_scene_linear`` does."""
    with _opened_beauty(content) as beauty:
        spec = beauty.spec
        letters = "L" if len(beauty.layer.channels) == 1 else "RGB"
        mode = f"{letters};{spec.format}"
        return ImageFacts(beauty.format, spec.full_width, spec.full_height, mode)


@dataclass(frozen=True, slots=True)
class _Beauty:
    """The layer to read of an open file, and what the file says of it."""

    file: Any
    spec: Any
    layer: Layer
    format: str
    chromaticities: tuple[float, ...] | None = None
    pixel_aspect: float = 1.0
    orientation: int = 1


@contextmanager
def _opened_beauty(content: Path | bytes) -> Iterator[_Beauty]:
    head = content[:16] if isinstance(content, bytes) else _head(content)
    purpose = "reading OpenEXR and HDR files"
    if head.startswith(_RADIANCE):
        header = read_radiance_header(content)
        plain = as_rgb_file(content) if header.is_xyz else content
        with opened(plain, ".hdr", purpose) as file:
            beauty = _beauty(file)
            yield replace(
                beauty,
                chromaticities=header.chromaticities,
                pixel_aspect=header.pixel_aspect,
                orientation=header.orientation,
            )
    elif head.startswith(_OPENEXR):
        with opened(content, ".exr", purpose) as file:
            beauty = _beauty(file)
            yield replace(
                beauty,
                chromaticities=beauty.spec.getattribute("chromaticities"),
                pixel_aspect=beauty.spec.get_float_attribute("PixelAspectRatio", 1.0),
                orientation=beauty.spec.get_int_attribute("Orientation", 1),
            )
    else:
        with opened(content, ".pfm", purpose) as file:
            yield _beauty(file)


def _beauty(file: Any) -> _Beauty:
    layer = find_beauty(parts_of(file))
    name = _FORMAT_NAMES.get(file.format_name(), file.format_name().upper())
    return _Beauty(file, file.spec(layer.part), layer, name)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(16)


def _tones(beauty: _Beauty, exposure: float) -> npt.NDArray[np.uint8]:
    """Return what is shown of the data window, shape (height, width, 1 or 3)."""
    channels, part = beauty.layer.channels, beauty.layer.part
    is_half = all(_kind(beauty.spec, channel) == "half" for channel in channels)
    if is_half and beauty.chromaticities is None:
        halves = read_channels(beauty.file, channels, "half", part)
        return tones_of_halves(exposure)[halves.astype(np.float16, copy=False).view(np.uint16)]
    light = read_channels(beauty.file, channels, "float", part).astype(np.float32, copy=False)
    return display_tones(to_display_primaries(exposed(light, exposure), beauty.chromaticities))


def _kind(spec: Any, channel: int) -> str:
    return str(spec.channelformat(channel))


def _display_window(shown: npt.NDArray[np.uint8], spec: Any) -> npt.NDArray[np.uint8]:
    """Cut the data window to the display window; what lies outside of the data is black."""
    window = np.zeros((spec.full_height, spec.full_width, shown.shape[2]), dtype=np.uint8)
    rows, stored_rows = _overlap(spec.full_y, spec.full_height, spec.y, spec.height)
    columns, stored_columns = _overlap(spec.full_x, spec.full_width, spec.x, spec.width)
    window[rows, columns] = shown[stored_rows, stored_columns]
    return window[:, :, 0] if window.shape[2] == 1 else window


def _overlap(first: int, length: int, stored_first: int, stored: int) -> tuple[slice, slice]:
    """Return where two stretches of a line overlap, counted in either; empty where they do not."""
    start = max(first, stored_first)
    end = max(start, min(first + length, stored_first + stored))
    if end == start:
        return slice(0, 0), slice(0, 0)
    return (
        slice(start - first, end - first),
        slice(start - stored_first, end - stored_first),
    )
