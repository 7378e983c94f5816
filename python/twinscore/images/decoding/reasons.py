"""Why an image cannot be read, in a few words."""

from __future__ import annotations

import struct

from PIL import Image, UnidentifiedImageError

from twinscore.base.errors import UnreadableImageError
from twinscore.images.decoding.size_limit import TOO_LARGE

_SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG", b"II*\0", b"MM\0*", b"BM", b"GIF8", b"RIFF", b"8BPS")

_LONGEST = 240


def reason_of(error: Exception, head: bytes = b"") -> str:
    """Say why decoding failed, whatever was raised.

    Decoders raise nearly anything on damaged files: KeyError, struct.error, SyntaxError,
    RecursionError, errors of their own, and warnings where these are errors.

    Parameters
    ----------
    error
        What was raised.
    head
        The first bytes of the file.

    Returns
    -------
    str
        One short line of printable characters.
    """
    if isinstance(error, UnreadableImageError):
        return _in_one_line(str(error))
    if isinstance(error, Image.DecompressionBombError):
        return TOO_LARGE
    if isinstance(error, UnidentifiedImageError):
        return "damaged or unsupported file" if head.startswith(_SIGNATURES) else "not an image"
    if isinstance(error, OSError) and error.errno is not None:
        return system_reason(error)
    if isinstance(error, MemoryError):
        return "not enough memory to decode"
    if isinstance(error, RecursionError):
        return "damaged file (nested too deeply)"
    text = _in_one_line(str(error))
    if isinstance(error, EOFError | struct.error) or "truncated" in text.lower():
        return "truncated file"
    return f"damaged file ({text})" if text else "damaged file"


def system_reason(error: OSError) -> str:
    """Return what the system says, in lower case."""
    return _in_one_line((error.strerror or str(error)).lower())


def _in_one_line(text: str) -> str:
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 3] + "..."
