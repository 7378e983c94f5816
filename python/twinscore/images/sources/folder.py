"""A folder tree of image files."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from twinscore.base.logs import logger_of
from twinscore.images.records import ImageItem
from twinscore.images.sources.clips import CLIP_COLUMNS, open_clip
from twinscore.images.sources.endings import (
    IMAGE_ENDINGS,
    counted,
    is_image_name,
    is_video_name,
    printable,
)
from twinscore.images.sources.folder_levels import folder_column_names, folder_columns
from twinscore.images.sources.passed_over import count_passed_over, describe_passed_over

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["IMAGE_ENDINGS", "FolderSource"]

_logger = logger_of(__name__)


class FolderSource:
    """All image files below a folder, ordered by their relative POSIX path.

    Files count as images by their ending, in any case (`IMAGE_ENDINGS`); video clips (.mp4 .mov
    .mkv .webm .avi .m4v .mxf) give frames, as `Clip` does. Images that are not read are counted
    in ``passed_over``, by ending. Hidden files and folders are left out. Links to folders are
    not followed, so no loop can arise; a link to a file counts only where the file lies in the
    tree and is not listed under another name. Links left out are logged. Columns are those of
    `folder_columns`.

    Parameters
    ----------
    path
        The folder; it may itself be a link.
    video_interval
        Seconds between two frames of a clip.

    Raises
    ------
    FileNotFoundError
        The folder does not exist.
    PermissionError
        The folder, or one below it, may not be read.
    ValueError
        ``path`` is a file, or there is neither image nor clip in the tree.
    MissingExtraError
        There are clips, and PyAV is not installed.
    """

    def __init__(self, path: str | os.PathLike[str], *, video_interval: float = 1.0) -> None:
        typed = os.fspath(path)
        _check_is_folder(typed)
        tree = _Tree(typed)
        if not tree.images:
            raise ValueError(f"no images in {typed!r}: {tree.what_was_found()}")
        self._root = Path(typed)
        self._prefix = typed.replace(os.sep, "/").rstrip("/") + "/"
        self._images = tree.images
        self.passed_over = count_passed_over(tree.other_files)
        self._clips = {
            relative: open_clip(
                self._root / relative,
                interval=video_interval,
                typed=printable(self._prefix + relative),
            )
            for relative in tree.images
            if is_video_name(relative)
        }

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns."""
        of_clips = CLIP_COLUMNS if self._clips else ()
        return (*folder_column_names(self._images), *of_clips)

    def __len__(self) -> int:
        """Return the number of image files and frames."""
        frames = sum(len(clip) for clip in self._clips.values())
        return len(self._images) - len(self._clips) + frames

    def __iter__(self) -> Iterator[ImageItem]:
        """Iterate over the image files, ordered by relative path."""
        for relative in self._images:
            columns = {key: printable(value) for key, value in folder_columns(relative).items()}
            if relative in self._clips:
                for frame in self._clips[relative]:
                    yield replace(frame, columns={**columns, **frame.columns})
            else:
                shown = printable(self._prefix + relative)
                yield ImageItem(shown, self._root / relative, columns=columns)


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
                    elif entry.is_file() and _is_shown(entry.name):
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
            if inside and target not in listed and _is_shown(link):
                listed.add(target)
                self.images.append(link)
            else:
                left_out.append(link)
        self._links = left_out
        if left_out:
            _logger.warning(
                "%s: %s left out, such as %r",
                self._root,
                counted(len(left_out), "link"),
                left_out[0],
            )

    def what_was_found(self) -> str:
        """Say, for a tree without images, what there is instead."""
        unread = count_passed_over(self.other_files)
        if unread:
            return describe_passed_over(unread)
        expected = f"expected {', '.join(IMAGE_ENDINGS)}; got "
        if self.other_files:
            files = counted(len(self.other_files), "other file")
            return f"{expected}{files} such as {min(self.other_files)!r}"
        if self._links:
            links = counted(len(self._links), "link")
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


def _is_shown(name: str) -> bool:
    return is_image_name(name) or is_video_name(name)
