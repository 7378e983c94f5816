"""Folders and single files at URLs."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from twinscore.base.errors import MissingExtraError
from twinscore.images.records import ImageItem
from twinscore.images.sources.endings import counted, is_hidden, is_image_name
from twinscore.images.sources.fetched_copies import folder_of_copies
from twinscore.images.sources.folder_levels import folder_column_names, folder_columns
from twinscore.images.sources.noted_source import NotedSource
from twinscore.images.sources.remote_file import RemoteFile, chunks_of, file_system, reason_of
from twinscore.images.sources.url import Url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Answer = TypeVar("Answer")

_ROOM_LEFT = 1 << 28
"""Bytes of a disk that copies never take."""


class RemoteFiles:
    """Image files at URLs, each fetched when its turn comes.

    Parameters
    ----------
    urls
        In the order in which they are to come.
    relative
        Path of each below the common root, which gives the columns of `folder_columns`.
    """

    def __init__(self, urls: Sequence[str], relative: Sequence[str]) -> None:
        self._urls = tuple(urls)
        self._relative = tuple(relative)

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return folder_column_names(self._relative)

    def __len__(self) -> int:
        """Return the number of files."""
        return len(self._urls)

    def __iter__(self) -> Iterator[ImageItem]:
        """Iterate over the files in order."""
        for url, relative in zip(self._urls, self._relative, strict=True):
            yield ImageItem(Url.of(url).shown, RemoteFile(url), columns=folder_columns(relative))


def list_remote_folder(url: str) -> NotedSource:
    """List all image files below a URL, ordered by relative path; hidden ones are passed over.

    Raises
    ------
    MissingExtraError
        fsspec, or the package for this kind of URL, is not installed.
    FileNotFoundError
        There is nothing at the URL.
    OSError, ValueError
        It cannot be listed, or there is no image below it.
    """
    system, root = file_system(url)
    found = _asked(url, lambda: system.find(root))
    if not found:
        raise FileNotFoundError(
            f"expected a folder of images, but {Url.of(url).shown!r} does not exist or is empty"
        )
    by_relative = {_relative(str(path), root): str(path) for path in found}
    images = sorted(path for path in by_relative if is_image_name(path) and not is_hidden(path))
    if not images:
        instead = counted(len(found), "other file")
        raise ValueError(f"no images in {Url.of(url).shown!r}: got {instead}")
    listed = RemoteFiles([_url_of(by_relative[path], url, system) for path in images], images)
    return NotedSource(listed, (path for path in by_relative if not is_hidden(path)))


def match_remote(pattern: str) -> list[str]:
    """List the URLs that a pattern with ``*``, ``?`` or ``**`` matches, in order."""
    system, path = file_system(pattern)
    found = _asked(pattern, lambda: system.glob(path))
    return sorted(_url_of(str(match), pattern, system) for match in found)


def fetch(url: str) -> Path:
    """Copy a file at a URL into a temporary folder that is removed when the process ends.

    Raises
    ------
    MissingExtraError
        fsspec, or the package for this kind of URL, is not installed.
    FileNotFoundError
        There is no such file.
    OSError
        It cannot be fetched, or would fill the disk.
    """
    system, path = file_system(url)
    folder = Path(tempfile.mkdtemp(dir=folder_of_copies()))
    copy = folder / Url.of(url).file_name
    _asked(url, lambda: _copy(system, path, copy))
    return copy


def _copy(system: Any, path: str, copy: Path) -> None:
    room = 0
    with copy.open("wb") as file:
        for chunk in chunks_of(system, path):
            if room < len(chunk):
                # Whatever the other side says of the size: a disk that is full stops others too.
                room = (shutil.disk_usage(copy.parent).free - _ROOM_LEFT) // 2
            if room < len(chunk):
                raise OSError(f"the temporary folder {copy.parent} has no room for it")
            file.write(chunk)
            room -= len(chunk)


def _asked(url: str, question: Callable[[], Answer]) -> Answer:
    try:
        return question()
    except FileNotFoundError as error:
        raise FileNotFoundError(f"{Url.of(url).shown!r} does not exist") from error
    except (MemoryError, MissingExtraError):
        raise
    except Exception as error:
        # Every kind of file system fails in its own way.
        raise OSError(f"{Url.of(url).shown!r} cannot be read: {reason_of(error)}") from error


def _url_of(path: str, asked: str, system: Any) -> str:
    """Return the URL of a path that a file system listed, chained as the one asked for was."""
    origin = Url.of(asked)
    return str(origin.sibling(path)) if origin.wrappers else str(system.unstrip_protocol(path))


def _relative(path: str, root: str) -> str:
    return path.removeprefix(root.rstrip("/")).lstrip("/")
