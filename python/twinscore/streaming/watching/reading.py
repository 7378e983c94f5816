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
from twinscore.streaming.measured_images import embed_and_measure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from twinscore.base.arrays import FloatMatrix, IdArray
    from twinscore.embedding.network.image_embedder import ImageEmbedder
    from twinscore.images.records import ImageSource

FRAME_COLUMNS = r"folder(:[1-9]\d*)?|clip"


@dataclass(frozen=True, slots=True)
class ReadImages:
    """The images of some files as points.

    Attributes
    ----------
    vectors
        Shape (n, d), float32.
    pixel_facts
        Shape (n, m), float32, in the order of `FACT_NAMES`.
    files, names, groups
        Length n: the file, the image in it, and its group.
    failures
        (file, image, reason) of those that could not be read.
    """

    vectors: FloatMatrix
    pixel_facts: npt.NDArray[np.float32]
    files: tuple[str, ...]
    names: tuple[str, ...]
    groups: tuple[str | None, ...]
    failures: tuple[tuple[str, str, str], ...]


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
        places = kept.tolist()
        return ReadImages(
            vectors,
            facts,
            tuple(images.files[place] for place in places),
            tuple(images.names[place] for place in places),
            tuple(images.groups[place] for place in places),
            tuple(
                (images.files[place], item.name, item.reason)
                for place, item in zip(_others(kept, len(images.names)), skipped, strict=True)
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
