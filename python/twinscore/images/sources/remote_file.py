"""Files far away, by any URL that fsspec knows."""

from __future__ import annotations

import functools
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from twinscore.base.errors import MissingExtraError, UnreadableImageError
from twinscore.base.extras import require
from twinscore.images.records import Origin
from twinscore.images.sources.fetched_copies import copied
from twinscore.images.sources.file_slice import LARGEST_MEMBER, check_member_size
from twinscore.images.sources.url import WEB, Url, is_url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_CHUNK = 1 << 20
_OF_S3 = ("s3", "s3a")

_copying = threading.RLock()


def origin_in(path: Path, typed: str, within: str = "") -> Origin | None:
    """Return where an image lies in a file; None where the file is a copy of one far away."""
    return None if is_url(typed) else Origin(path, within)


def file_system(url: str) -> tuple[Any, str]:
    """Return the file system behind a URL and the path in it.

    Raises
    ------
    MissingExtraError
        fsspec, or the package for this kind of URL, is not installed.
    ValueError
        The kind of URL is not known, or says too little.
    """
    core = require("fsspec.core", extra="remote", purpose="reading URLs")
    if Url.of(url).scheme in _OF_S3:
        require("s3fs", extra="s3", purpose=f"the object storage of {Url.of(url).shown!r}")
    # URLs of the web come as they are to be sent.
    parsed = Url.of(url)
    as_given = {parsed.scheme: {"encoded": True}} if parsed.scheme in WEB else {}
    shown = parsed.shown
    try:
        if parsed.is_in_an_archive_of_the_web:
            # Few servers give parts of a file, and an archive is read from its end.
            with _copying:
                parsed, as_given = replace(parsed, target=str(_copy_of(parsed.target))), {}
        system, path = core.url_to_fs(parsed.location, **as_given)
    except ImportError as error:
        raise MissingExtraError(f"reading {shown!r}: {error}") from error
    except MemoryError:
        raise
    except Exception as error:
        # Every kind of file system fails in its own way, a TypeError for want of a part included.
        raise ValueError(f"{shown!r}: {reason_of(error)}") from error
    return system, str(path)


@functools.lru_cache(maxsize=64)
def _copy_of(url: str) -> Path:
    system, path = file_system(url)
    return copied(chunks_of(system, path), Url.of(url).file_name)


def reason_of(error: Exception) -> str:
    """Say in one line what went wrong in a file system."""
    return " ".join(str(error).split()) or type(error).__name__


def chunks_of(system: Any, path: str) -> Iterator[bytes]:
    """Read a file from its beginning, a part at a time."""
    protocols = system.protocol if isinstance(system.protocol, tuple) else (system.protocol,)
    # Without blocks, and without a question for the size, what a web server sends is read as it
    # comes: signed URLs answer one kind of request, and a size that is claimed proves nothing.
    options = {"block_size": 0, "size": 1} if set(protocols) & set(WEB) else {}
    with system.open(path, "rb", **options) as file:
        while chunk := file.read(_CHUNK):
            yield chunk


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A handle on an image at a URL.

    Attributes
    ----------
    url
        Of any kind that fsspec knows.
    otherwise
        Where it lies if there is nothing at the URL.
    """

    url: str
    otherwise: str | None = None

    def read(self) -> bytes:
        """Fetch the image; no more than an image may have."""
        try:
            return _fetched(self.url)
        except FileNotFoundError as error:
            if self.otherwise is None:
                raise UnreadableImageError("no such file") from error
        try:
            return _fetched(self.otherwise)
        except FileNotFoundError as error:
            raise UnreadableImageError("no such file") from error


def _fetched(url: str) -> bytes:
    content = bytearray()
    try:
        system, path = file_system(url)
        for chunk in chunks_of(system, path):
            content += chunk
            if len(content) > LARGEST_MEMBER:
                break
    except (FileNotFoundError, MemoryError):
        raise
    except (MissingExtraError, ValueError) as error:
        raise UnreadableImageError(reason_of(error)) from error
    except Exception as error:
        raise UnreadableImageError(f"could not be fetched ({reason_of(error)})") from error
    check_member_size(len(content))
    return bytes(content)
