"""From files that have landed to the pictures that are cut out of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from twinscore.images.sources.clips import CLIP_COLUMNS
from twinscore.images.views.annotated_source import AnnotatedSource
from twinscore.images.views.settings import SCENES
from twinscore.streaming.scorer import StreamingScorer
from twinscore.streaming.views.batch import read_batch
from twinscore.streaming.watching.objects_of_file import ObjectsOfFile
from twinscore.streaming.watching.reading import ReadImages

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twinscore.embedding.network.image_embedder import ImageEmbedder
    from twinscore.images.records import ImageItem
    from twinscore.images.views.found_objects import FoundObjects
    from twinscore.images.views.settings import ViewSettings
    from twinscore.streaming.views.scorer import StreamingViews
    from twinscore.streaming.watching.frame_annotations import FrameAnnotations
    from twinscore.streaming.watching.reading import FrameReader


@dataclass(frozen=True, slots=True)
class AnnotatedFrameReader:
    """Reads files with their annotations, as they were seen last.

    Attributes
    ----------
    frames
        Lists the images of a file.
    annotations
        Of the frames.
    views
        How images are looked at.
    threads
        That decode and cut; None: one for each core.
    """

    frames: FrameReader
    annotations: FrameAnnotations
    views: ViewSettings
    threads: int | None

    def read(self, files: Sequence[str], embedder: ImageEmbedder) -> ReadImages:
        """Read, cut and embed files.

        Parameters
        ----------
        files
            Relative paths.
        embedder
            The network.
        """
        images = _GroupedImages(self.frames, files)
        source = AnnotatedSource(images, self.annotations.of(images.names))
        batch = read_batch(source, embedder, self.views, self.threads)
        file_of = dict(zip(images.names, images.files, strict=True))
        found: dict[str, list[FoundObjects]] = {file: [] for file in files}
        for place, of_image in batch.found.items():
            found[images.files[place]].append(of_image)
        objects = {file: ObjectsOfFile.of(each) for file, each in found.items()}
        for view, skipped in batch.skipped.items():
            for each in () if view == SCENES else skipped:
                if each.name not in file_of:
                    file = file_of[each.name.rpartition(" object ")[0]]
                    lost = (*objects[file].problems, (each.name, each.reason))
                    objects[file] = replace(objects[file], problems=lost)
        failures = tuple(
            (file_of[each.name], each.name, each.reason) for each in batch.skipped[SCENES]
        )
        return ReadImages(batch.pictures, tuple(images.files), failures, objects)


def reader_of(
    frames: FrameReader,
    annotations: FrameAnnotations | None,
    scorer: StreamingScorer | StreamingViews,
    threads: int | None,
) -> FrameReader | AnnotatedFrameReader:
    """Return who reads the files of a watch: whole, or in the views that are scored."""
    if annotations is None or isinstance(scorer, StreamingScorer):
        return frames
    return AnnotatedFrameReader(frames, annotations, scorer.settings, threads)


class _GroupedImages:
    """The images of some files as a source; each carries its group."""

    column_names = ("folder", *CLIP_COLUMNS)

    def __init__(self, reader: FrameReader, files: Sequence[str]) -> None:
        # Opened once: a clip that changes meanwhile is not to have another number of frames.
        self._sources = [(file, reader.images_of(file)) for file in files]
        self._reader = reader
        named = [(file, item.name) for file, source in self._sources for item in source]
        self.files = [file for file, _ in named]
        self.names = [name for _, name in named]

    def __len__(self) -> int:
        return len(self.names)

    def __iter__(self) -> Iterator[ImageItem]:
        """Iterate over the images in the order of their files."""
        for file, source in self._sources:
            for item in source:
                yield replace(item, group=self._reader.group_of(file, item))
