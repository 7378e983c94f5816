"""Read one image from a file, bytes or memory; every bad file gives one short reason."""

from __future__ import annotations

import functools
import io
import struct
import threading
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from PIL import Image, UnidentifiedImageError

from twinscore.base.errors import UnreadableImageError
from twinscore.images.decoding.color import rgb_from_pillow
from twinscore.images.decoding.pixels import rgb_from_array
from twinscore.images.decoding.plain_png import decode_plain_png
from twinscore.images.decoding.reduction import reduction_factor
from twinscore.images.decoding.scene_linear import is_scene_linear, read_scene_linear
from twinscore.images.decoding.size_limit import TOO_LARGE
from twinscore.images.records import ImageHandle, ImageInTurn

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    import numpy.typing as npt

FORMATS = ("AVIF", "BMP", "GIF", "JPEG", "JPEG2000", "PNG", "PPM", "TIFF", "WEBP")
"""Raster formats that are read. Others stay shut: Pillow runs Ghostscript for EPS, for one."""

_SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG", b"II*\0", b"MM\0*", b"BM", b"GIF8", b"RIFF")


class SupportsArray(Protocol):
    """What NumPy can read as an array: NumPy's own and torch tensors."""

    def __array__(self) -> npt.NDArray[np.generic]:
        """Return the values as an array."""


Encoded = bytes | bytearray | memoryview
ImageContent = Path | str | ImageHandle | ImageInTurn | Encoded | Image.Image | SupportsArray


def read_image(
    content: ImageContent, *, shorter_side: int | None = None, exposure: float = 0.0
) -> Image.Image:
    """Read an image as upright 8-bit RGB.

    The EXIF orientation is applied, transparency is composited onto ``color.BACKGROUND``, grey
    becomes RGB, 16-bit samples keep their high byte, and of several frames the first is taken.
    Embedded colour profiles are ignored, as they were when the networks were trained.

    Parameters
    ----------
    content
        A path, a handle, a frame in its turn, an encoded image, a Pillow image, an array of shape
        (H, W), (H, W, 1), (H, W, 3) or (H, W, 4), or a torch tensor of that shape or channels
        first. Arrays are uint8, uint16 or floating point within 0..1.
    shorter_side
        Pixels. A JPEG is decoded at 1/2, 1/4 or 1/8 of its size, which is quicker, where its
        shorter side keeps at least so many (`reduction_factor`). None: at full size.
    exposure
        In stops, for OpenEXR and HDR files (`read_scene_linear`); others are what they are.

    Returns
    -------
    Image.Image
        Mode RGB, loaded: no file stays open. The caller's own image may be returned as it is.

    Raises
    ------
    MissingExtraError
        An OpenEXR or HDR file, and OpenImageIO is not installed.
    UnreadableImageError
        The content is no image that can be read; the message is the reason.
    TypeError
        The content is of none of these types.
    """
    options = _Options(shorter_side, exposure)
    with pillow_warnings_silenced():
        if isinstance(content, Path | str):
            return _read_file(Path(content), options)
        if isinstance(content, ImageInTurn):
            content = content.take_in_turn()
        if isinstance(content, ImageHandle):
            content = content.read()
        if isinstance(content, Encoded):
            return _decode(io.BytesIO(content), bytes(content), options)
        if isinstance(content, Image.Image):
            return _convert(content, head=b"")
        if hasattr(content, "__array__"):
            return rgb_from_array(content)
    expected = "a path, encoded bytes, a Pillow image, an array or a tensor"
    raise TypeError(f"expected {expected}, got {type(content).__name__}")


@dataclass(frozen=True, slots=True)
class _Options:
    shorter_side: int | None
    exposure: float


class _Silence:
    """How many are inside ``pillow_warnings_silenced``, and the filters to restore after them."""

    lock = threading.Lock()
    holders = 0
    filters: warnings.catch_warnings[None] | None = None


@contextmanager
def pillow_warnings_silenced() -> Iterator[None]:
    """Silence Pillow's warnings, which speak of metadata or are errors here anyway.

    Python's warning filters belong to the whole process, so the first to enter sets them and the
    last to leave restores them: threads that decode at the same time do not undo one another.
    """
    with _Silence.lock:
        if _Silence.holders == 0:
            _Silence.filters = warnings.catch_warnings()
            _Silence.filters.__enter__()
            warnings.filterwarnings("ignore", module=r"PIL\.")
        _Silence.holders += 1
    try:
        yield
    finally:
        with _Silence.lock:
            _Silence.holders -= 1
            if _Silence.holders == 0 and _Silence.filters is not None:
                _Silence.filters.__exit__(None, None, None)


def _read_file(path: Path, options: _Options) -> Image.Image:
    try:
        with path.open("rb") as file:
            return _decode(file, path, options)
    except FileNotFoundError as error:
        raise UnreadableImageError("no such file") from error
    except OSError as error:
        raise UnreadableImageError(_system_reason(error)) from error
    except ValueError as error:
        if isinstance(error, UnreadableImageError):
            raise
        raise UnreadableImageError("not a file name") from error


def _decode(file: BinaryIO, origin: Path | bytes, options: _Options) -> Image.Image:
    """Decode an open file; ``origin`` is the same file, or its bytes."""
    head = file.read(16)
    if not head:
        raise UnreadableImageError("empty file")
    if is_scene_linear(head):
        return read_scene_linear(origin, exposure=options.exposure)
    file.seek(0)
    try:
        image = Image.open(file, formats=supported_formats())
        if image.format == "PNG" and (plain := _plain_png(file)) is not None:
            return rgb_from_pillow(plain)
        if options.shorter_side is not None:
            _decode_reduced(image, options.shorter_side)
    except Exception as error:
        raise UnreadableImageError(_reason(error, head)) from error
    return _convert(image, head)


def _plain_png(file: BinaryIO) -> Image.Image | None:
    position = file.tell()
    file.seek(0)
    pixels = decode_plain_png(file.read())
    file.seek(position)
    return None if pixels is None else Image.fromarray(pixels)


def _decode_reduced(image: Image.Image, shorter_side: int) -> None:
    """Let the decoder leave out detail where it can, which of all formats is JPEG."""
    factor = reduction_factor(image.size, shorter_side)
    if factor > 1:
        width, height = image.size
        image.draft(None, (max(1, width // factor), max(1, height // factor)))


def _convert(image: Image.Image, head: bytes) -> Image.Image:
    # Damaged files make Pillow raise nearly anything: KeyError, struct.error, SyntaxError, ...
    try:
        image.load()
        return rgb_from_pillow(image)
    except UnreadableImageError:
        raise
    except Exception as error:
        raise UnreadableImageError(_reason(error, head)) from error


def _reason(error: Exception, head: bytes) -> str:
    text = str(error)
    if isinstance(error, Image.DecompressionBombError):
        return TOO_LARGE
    if isinstance(error, UnidentifiedImageError):
        return "damaged or unsupported file" if head.startswith(_SIGNATURES) else "not an image"
    if isinstance(error, OSError) and error.errno is not None:
        return _system_reason(error)
    if isinstance(error, MemoryError):
        return "not enough memory to decode"
    if isinstance(error, EOFError | struct.error) or "truncated" in text.lower():
        return "truncated file"
    return f"damaged file ({text})" if text else "damaged file"


def _system_reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


@functools.cache
def supported_formats() -> tuple[str, ...]:
    """Return those of ``FORMATS`` that this build of Pillow reads."""
    Image.init()
    return tuple(name for name in FORMATS if name in Image.OPEN)
