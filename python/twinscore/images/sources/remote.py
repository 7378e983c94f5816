"""Folders and single files at URLs."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, TypeVar

from twinscore.base.errors import MissingExtraError
from twinscore.images.records import ImageItem
from twinscore.images.sources.endings import counted, is_hidden, is_image_name
from twinscore.images.sources.folder_levels import folder_column_names, folder_columns
from twinscore.images.sources.passed_over import NotedSource
from twinscore.images.sources.remote_file import RemoteFile, file_system

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Answer = TypeVar("Answer")


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
            yield ImageItem(url, RemoteFile(url), columns=folder_columns(relative))


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
            f"expected a folder of images, but {url!r} does not exist or is empty"
        )
    by_relative = {_relative(str(path), root): str(path) for path in found}
    images = sorted(path for path in by_relative if is_image_name(path) and not is_hidden(path))
    if not images:
        raise ValueError(f"no images in {url!r}: got {counted(len(found), 'other file')}")
    listed = RemoteFiles([system.unstrip_protocol(by_relative[path]) for path in images], images)
    return NotedSource(listed, (path for path in by_relative if not is_hidden(path)))


def match_remote(pattern: str) -> list[str]:
    """List the URLs that a pattern with ``*``, ``?`` or ``**`` matches, in order."""
    system, path = file_system(pattern)
    found = _asked(pattern, lambda: system.glob(path))
    return sorted(system.unstrip_protocol(str(match)) for match in found)


def fetch(url: str) -> Path:
    """Copy a file at a URL into a temporary folder that is removed when the process ends.

    Raises
    ------
    MissingExtraError
        fsspec, or the package for this kind of URL, is not installed.
    FileNotFoundError
        There is no such file.
    OSError
        It cannot be fetched.
    """
    system, path = file_system(url)
    name = PurePosixPath(path).name
    folder = Path(tempfile.mkdtemp(dir=_temporary_folder().name))
    _asked(url, lambda: system.get_file(path, str(folder / name)))
    return folder / name


@functools.cache
def _temporary_folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="twinscore-", ignore_cleanup_errors=True)


def _asked(url: str, question: Callable[[], Answer]) -> Answer:
    try:
        return question()
    except FileNotFoundError as error:
        raise FileNotFoundError(f"{url!r} does not exist") from error
    except (MemoryError, MissingExtraError):
        raise
    except Exception as error:
        # Every kind of file system fails in its own way.
        reason = " ".join(str(error).split()) or type(error).__name__
        raise OSError(f"{url!r} cannot be read: {reason}") from error


def _relative(path: str, root: str) -> str:
    return path.removeprefix(root.rstrip("/")).lstrip("/")
