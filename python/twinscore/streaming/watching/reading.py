"""From files that have landed to images: one of a picture, some of a clip."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twinscore.base.errors import MissingExtraError, SettingError
from twinscore.images.records import ImageItem
from twinscore.images.sources.clips import open_clip
from twinscore.images.sources.endings import is_video_name
from twinscore.images.sources.failure import FailedSource
from twinscore.images.sources.folder_levels import folder_columns
from twinscore.images.views.settings import SCENES
from twinscore.streaming.measured_images import embed_and_measure
from twinscore.streaming.pictures import Pictures

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence
    from pathlib import Path

    from twinscore.base.arrays import IdArray
    from twinscore.embedding.network.image_embedder import ImageEmbedder
    from twinscore.images.records import ImageSource
    from twinscore.streaming.watching.objects_of_file import ObjectsOfFile

FRAME_COLUMNS = r"folder(:[1-9]\d*)?|clip"


@dataclass(frozen=True, slots=True)
class ReadImages:
    """The images of some files as points.

    Attributes
    ----------
    pictures
        By view; without annotations, of whole images alone.
    files
        Of each image, the file that it is in.
    failures
        (file, image, reason) of those that could not be read.
    objects
        By file, what was found in it; None where nobody asked.
    """

    pictures: dict[str, Pictures]
    files: tuple[str, ...]
    failures: tuple[tuple[str, str, str], ...]
    objects: dict[str, ObjectsOfFile] | None = None

    def of_files(self, files: Container[str]) -> dict[str, Pictures]:
        """Return the pictures, by view, of the images in some files."""
        return {
            view: each.chosen(
                [row for row, place in enumerate(each.images) if self.files[place] in files]
            )
            for view, each in self.pictures.items()
        }


@dataclass(frozen=True, slots=True)
class FrameReader:
    """Reads files below a folder as `FolderSource` would.

    Attributes
    ----------
    folder
        The root.
    group_by
        "folder", "folder:1" and so on, or "clip"; None: the frames of a clip form a group.

    Raises
    ------
    ValueError
        Frames have no such column.
    video_interval
        Seconds between two frames of a clip.
    """

    folder: Path
    group_by: str | None
    video_interval: float

    def __post_init__(self) -> None:
        if self.group_by is not None and not re.fullmatch(FRAME_COLUMNS, self.group_by):
            raise SettingError(
                "expected group_by (--group-by) as one of the columns that frames have (folder, "
                f"folder:1, folder:2, ..., clip), got {self.group_by!r}"
            )

    def read(self, files: Sequence[str], embedder: ImageEmbedder) -> ReadImages:
        """Read and embed files.

        Parameters
        ----------
        files
            Relative paths.
        embedder
            The network.
        """
        images = _Images(self, files)
        vectors, kept, skipped, facts = embed_and_measure(embedder, images)
        places = tuple(kept.tolist())
        pictures = Pictures(
            vectors,
            facts,
            tuple(images.names[place] for place in places),
            tuple(images.groups[place] for place in places),
            places,
        )
        left = _others(kept, len(images.names))
        return ReadImages(
            {SCENES: pictures},
            tuple(images.files),
            tuple(
                (images.files[place], item.name, item.reason)
                for place, item in zip(left, skipped, strict=True)
            ),
        )

    def images_of(self, file: str) -> ImageSource:
        """List the images of one file; names and columns are those that `FolderSource` gives."""
        path = self.folder / file
        if not is_video_name(file):
            return [ImageItem(file, path)]
        try:
            return open_clip(path, interval=self.video_interval, typed=file)
        except (MissingExtraError, OSError) as error:
            return FailedSource(file, str(error))

    def group_of(self, file: str, item: ImageItem) -> str | None:
        """Return the group of an image."""
        if self.group_by is None:
            return item.group
        return {**folder_columns(file), **item.columns}.get(self.group_by)


class _Images:
    """The images of some files, noted as they are taken."""

    def __init__(self, reader: FrameReader, files: Sequence[str]) -> None:
        self._reader = reader
        self._of = files
        self.files: list[str] = []
        self.names: list[str] = []
        self.groups: list[str | None] = []

    def __length_hint__(self) -> int:
        return len(self._of)

    def __iter__(self) -> Iterator[ImageItem]:
        for file in self._of:
            for item in self._reader.images_of(file):
                self.files.append(file)
                self.names.append(item.name)
                self.groups.append(self._reader.group_of(file, item))
                yield item


def _others(kept: IdArray, count: int) -> list[int]:
    chosen = set(kept.tolist())
    return [place for place in range(count) if place not in chosen]
