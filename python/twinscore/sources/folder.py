"""A folder tree of image files."""

from __future__ import annotations

import logging
import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from twinscore.records import ImageItem

if TYPE_CHECKING:
    from collections.abc import Iterator

IMAGE_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp")

_logger = logging.getLogger(__name__)


class FolderSource:
    """All image files below a folder, ordered by their relative POSIX path.

    Files count as images by their ending, in any case: .jpg .jpeg .png .webp .tif .tiff .bmp.
    Hidden files and folders are passed over. Links to folders are not followed, so no loop can
    arise; a link to a file counts only where the file lies in the tree and is not listed under
    another name. Links left out are logged.

    Parameters
    ----------
    path
        The folder; it may itself be a link.
    group_by
        ``"folder"``: the group of an image is the relative path of its folder, ``"."`` for
        images that lie directly in ``path``. None: no groups.

    Raises
    ------
    FileNotFoundError
        The folder does not exist.
    PermissionError
        The folder, or one below it, may not be read.
    ValueError
        ``path`` is a file, or there is no image in the tree, or ``group_by`` is unknown.
    """

    def __init__(self, path: str | os.PathLike[str], group_by: str | None = None) -> None:
        if group_by not in (None, "folder"):
            raise ValueError(f"group_by: expected 'folder' or None, got {group_by!r}")
        typed = os.fspath(path)
        _check_is_folder(typed)
        tree = _Tree(typed)
        if not tree.images:
            raise ValueError(f"no images in {typed!r}: {tree.what_was_found()}")
        self._typed = typed
        self._images = tree.images
        self._group_by = group_by

    def __len__(self) -> int:
        """Return the number of image files."""
        return len(self._images)

    def __iter__(self) -> Iterator[ImageItem]:
        """Iterate over the image files, ordered by relative path."""
        root = Path(self._typed)
        prefix = self._typed.replace(os.sep, "/").rstrip("/") + "/"
        for relative in self._images:
            group = None if self._group_by is None else _printable(_parent(relative))
            yield ImageItem(_printable(prefix + relative), root / relative, group)


class _Tree:
    """One walk over a folder tree; paths are relative and in POSIX form."""

    def __init__(self, typed: str) -> None:
        self.images: list[str] = []
        self.other_files: list[str] = []
        self.hidden = 0
        self._links: list[str] = []
        self._root = os.path.realpath(typed)
        folders = [""]
        while folders:
            folders.extend(self._list(folders.pop()))
        self._add_links()
        self.images.sort()

    def _list(self, folder: str) -> list[str]:
        """Sort the entries of one folder into kinds and return the folders in it."""
        subfolders = []
        try:
            with os.scandir(Path(self._root, folder)) as entries:
                for entry in entries:
                    relative = f"{folder}/{entry.name}" if folder else entry.name
                    if entry.name.startswith("."):
                        self.hidden += 1
                    elif entry.is_symlink():
                        self._links.append(relative)
                    elif entry.is_dir():
                        subfolders.append(relative)
                    elif entry.is_file() and _is_image_name(entry.name):
                        self.images.append(relative)
                    else:
                        self.other_files.append(relative)
        except PermissionError as error:
            shown = folder or self._root
            raise PermissionError(f"no permission to read the folder {shown!r}") from error
        return subfolders

    def _add_links(self) -> None:
        listed = {os.path.join(self._root, image) for image in self.images}  # noqa: PTH118
        left_out = []
        for link in sorted(self._links):
            target = os.path.realpath(Path(self._root, link))
            inside = Path(target).is_relative_to(self._root) and Path(target).is_file()
            if inside and target not in listed and _is_image_name(link):
                listed.add(target)
                self.images.append(link)
            else:
                left_out.append(link)
        self._links = left_out
        if left_out:
            _logger.warning(
                "%s: %s left out, such as %r",
                self._root,
                _counted(len(left_out), "link"),
                left_out[0],
            )

    def what_was_found(self) -> str:
        """Say, for a tree without images, what there is instead."""
        expected = f"expected {', '.join(IMAGE_ENDINGS)}; got "
        if self.other_files:
            files = _counted(len(self.other_files), "other file")
            return f"{expected}{files} such as {min(self.other_files)!r}"
        if self._links:
            links = _counted(len(self._links), "link")
            return (
                f"{expected}{links} such as {self._links[0]!r}, "
                "and links to folders or out of the tree are not followed"
            )
        if self.hidden:
            return f"{expected}only hidden files or folders"
        return "the folder is empty"


def _check_is_folder(typed: str) -> None:
    location = Path(typed)
    if not typed or not location.exists():
        raise FileNotFoundError(f"expected a folder of images, but {typed!r} does not exist")
    if not location.is_dir():
        raise ValueError(f"expected a folder of images, got the file {typed!r}")


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _is_image_name(name: str) -> bool:
    return name.lower().endswith(IMAGE_ENDINGS)


def _parent(relative: str) -> str:
    return str(PurePosixPath(relative).parent)


def _printable(name: str) -> str:
    # File systems allow bytes that are no UTF-8; tables and terminals do not.
    return os.fsencode(name).decode("utf-8", "backslashreplace")
