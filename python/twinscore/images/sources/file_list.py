"""A text file with one path a line."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from twinscore.images.records import ImageItem
from twinscore.images.sources.listed_images import ListedImages

if TYPE_CHECKING:
    from collections.abc import Iterator


class FileList:
    """The images named in a text file (UTF-8), in its order.

    One path or URL a line; relative paths begin at the folder of the list; empty lines are
    passed over. A file that is not there is found out when its turn comes, like any other that
    cannot be read.

    Parameters
    ----------
    path
        The list.
    typed
        What messages call it, and where relative paths begin; None for the path.
    allow_remote_paths
        Whether a list at a URL may lead to other places than its own host.

    Raises
    ------
    FileNotFoundError, PermissionError
        The list is not there or may not be read.
    ValueError
        It is no text or names nothing.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        typed: str | None = None,
        *,
        allow_remote_paths: bool = False,
    ) -> None:
        label = os.fspath(path) if typed is None else typed
        try:
            text = Path(path).read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise ValueError(f"{label!r}: expected a list of paths in UTF-8: {error}") from error
        self._entries = [line.strip() for line in text.splitlines() if line.strip()]
        if not self._entries:
            raise ValueError(f"{label!r}: expected one path a line, got an empty list")
        if "\0" in text:
            raise ValueError(f"{label!r}: expected a list of paths, got binary data")
        self._images = ListedImages(label, allow_remote_paths)

    @property
    def column_names(self) -> tuple[str, ...]:
        """No names: a list has no columns."""
        return ()

    def __len__(self) -> int:
        """Return the number of paths."""
        return len(self._entries)

    def __iter__(self) -> Iterator[ImageItem]:
        """Iterate over the images in the order of the list."""
        for entry in self._entries:
            yield ImageItem(self._images.name(entry), self._images.content(entry))
