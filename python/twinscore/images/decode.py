"""Read one image from a file, bytes or memory; every bad file gives one short reason."""

from __future__ import annotations

import functools
import io
import struct
import threading
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from PIL import Image, UnidentifiedImageError

from twinscore.images.arrays import rgb_from_array
from twinscore.images.color import rgb_from_pillow
from twinscore.records import UnreadableImageError

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


ImageContent = Path | str | bytes | bytearray | memoryview | Image.Image | SupportsArray


def read_image(content: ImageContent) -> Image.Image:
    """Read an image as upright 8-bit RGB.

    The EXIF orientation is applied, transparency is composited onto ``color.BACKGROUND``, grey
    becomes RGB, 16-bit samples keep their high byte, and of several frames the first is taken.
    Embedded colour profiles are ignored, as they were when the networks were trained.

    Parameters
    ----------
    content
        A path, an encoded image, a Pillow image, an array of shape (H, W), (H, W, 1), (H, W, 3)
        or (H, W, 4), or a torch tensor of that shape or channels first. Arrays are uint8, uint16
        or floating point within 0..1.

    Returns
    -------
    Image.Image
        Mode RGB, loaded: no file stays open. The caller's own image may be returned as it is.

    Raises
    ------
    UnreadableImageError
        The content is no image that can be read; the message is the reason.
    TypeError
        The content is of none of these types.
    """
    with pillow_warnings_silenced():
        if isinstance(content, Path | str):
            return _read_file(Path(content))
        if isinstance(content, bytes | bytearray | memoryview):
            return _decode(io.BytesIO(content))
        if isinstance(content, Image.Image):
            return _convert(content, head=b"")
        if hasattr(content, "__array__"):
            return rgb_from_array(content)
    expected = "a path, encoded bytes, a Pillow image, an array or a tensor"
    raise TypeError(f"expected {expected}, got {type(content).__name__}")


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


def _read_file(path: Path) -> Image.Image:
    try:
        with path.open("rb") as file:
            return _decode(file)
    except FileNotFoundError as error:
        raise UnreadableImageError("no such file") from error
    except OSError as error:
        raise UnreadableImageError(_system_reason(error)) from error
    except ValueError as error:
        if isinstance(error, UnreadableImageError):
            raise
        raise UnreadableImageError("not a file name") from error


def _decode(file: BinaryIO) -> Image.Image:
    head = file.read(16)
    if not head:
        raise UnreadableImageError("empty file")
    file.seek(0)
    try:
        image = Image.open(file, formats=supported_formats())
    except Exception as error:
        raise UnreadableImageError(_reason(error, head)) from error
    return _convert(image, head)


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
        return "image too large (decompression bomb; PIL.Image.MAX_IMAGE_PIXELS is the limit)"
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
