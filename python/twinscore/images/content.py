"""What tells whether an image is still the one that was read before."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.base.errors import UnreadableImageError
from twinscore.images.records import ContentStamp, ImageHandle, ImageInTurn

if TYPE_CHECKING:
    from twinscore.images.records import ImageItem


def read_stamp(item: ImageItem, *, hashed: bool = False) -> ContentStamp:
    """Stamp the content of an image.

    A file is known by its size and the time it was last written, or by its digest, and so is the
    file that holds an image among others; what has neither size nor time, by its digest.

    Parameters
    ----------
    item
        Any image of a source.
    hashed
        Read files and digest them as well.

    Returns
    -------
    ContentStamp
        Without any value for a file that is not there or may not be read, and for one far away
        unless it is to be digested: asking for each would take longer than the rest.
    """
    content = item.content
    if isinstance(content, str | Path):
        return _file_stamp(Path(content), hashed=hashed)
    if isinstance(content, bytes | bytearray | memoryview):
        return ContentStamp(size=len(content), sha256=hashlib.sha256(content).hexdigest())
    is_handle = isinstance(content, ImageHandle | ImageInTurn)
    if not hashed and (is_handle or item.origin is not None):
        return _origin_stamp(item)
    content = item.in_hand().content
    if isinstance(content, ImageHandle):
        return _handle_stamp(content, _origin_stamp(item))
    return ContentStamp(sha256=_pixel_digest(content))


def is_same_content(before: ContentStamp, now: ContentStamp) -> bool:
    """Tell whether two stamps are of the same content; digests decide where both have one."""
    if before.sha256 is not None and now.sha256 is not None:
        return before.sha256 == now.sha256
    return (before.size, before.modified) == (now.size, now.modified)


def _origin_stamp(item: ImageItem) -> ContentStamp:
    return ContentStamp() if item.origin is None else _file_stamp(item.origin.file, hashed=False)


def _handle_stamp(handle: ImageHandle, of_origin: ContentStamp) -> ContentStamp:
    """Digest what a handle reads; without that, its origin must do."""
    try:
        content = handle.read()
    except UnreadableImageError:
        return of_origin
    return ContentStamp(len(content), of_origin.modified, hashlib.sha256(content).hexdigest())


def _file_stamp(path: Path, *, hashed: bool) -> ContentStamp:
    try:
        status = path.stat()
        digest = None
        if hashed:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return ContentStamp()
    return ContentStamp(status.st_size, status.st_mtime_ns, digest)


def _pixel_digest(pixels: Any) -> str:
    """Digest pixels in memory: those of Pillow, arrays, tensors."""
    if hasattr(pixels, "detach"):
        pixels = pixels.detach().cpu().numpy()
    values = np.ascontiguousarray(np.asarray(pixels))
    mode = getattr(pixels, "mode", "")
    digest = hashlib.sha256(f"{values.dtype.str} {values.shape} {mode}".encode())
    digest.update(values.reshape(-1).view(np.uint8).data)
    return digest.hexdigest()
