"""Files far away, by any URL that fsspec knows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twinscore.base.errors import MissingExtraError, UnreadableImageError
from twinscore.base.extras import require
from twinscore.images.records import Origin

if TYPE_CHECKING:
    from pathlib import Path

_URL = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]*(::[a-zA-Z0-9+.:/-]*)?://")


def is_url(text: str) -> bool:
    """Tell whether a text is a URL, such as "s3://bucket/key" or "memory://a.png"."""
    return _URL.match(text) is not None


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
        The kind of URL is not known.
    """
    core = require("fsspec.core", extra="remote", purpose="reading URLs")
    try:
        system, path = core.url_to_fs(url)
    except ImportError as error:
        raise MissingExtraError(f"reading {url!r}: {error}") from error
    except ValueError as error:
        raise ValueError(f"{url!r}: {error}") from error
    return system, str(path)


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A handle on an image at a URL.

    Attributes
    ----------
    url
        Of any kind that fsspec knows.
    """

    url: str

    def read(self) -> bytes:
        """Fetch the image."""
        system, path = file_system(self.url)
        try:
            content: bytes = system.cat_file(path)
        except FileNotFoundError as error:
            raise UnreadableImageError("no such file") from error
        except MemoryError:
            raise
        except Exception as error:
            # Every kind of file system fails in its own way.
            reason = " ".join(str(error).split()) or type(error).__name__
            raise UnreadableImageError(f"could not be fetched ({reason})") from error
        return content
