"""From annotated images to points, a set of them for each view, each image decoded once."""

from __future__ import annotations

from array import array
from collections import deque
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from twinscore.base.threads import thread_count
from twinscore.embedding.into_memory import KeptImages
from twinscore.embedding.object_tally import ObjectTally
from twinscore.embedding.records import EmbeddedImage, Embeddings, Skipped
from twinscore.images.facts.catalog import FACT_NAMES, OF_THE_FRAME
from twinscore.images.records import CutPicture
from twinscore.images.sources.passed_over import passed_over_by
from twinscore.images.views.found_objects import found_in
from twinscore.images.views.pictures import picture_item, unit_of
from twinscore.images.views.view_source import ViewSource
from twinscore.images.views.viewed_images import ViewedImages

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from twinscore.base.progress import ProgressCallback
    from twinscore.embedding.network.image_embedder import ImageEmbedder
    from twinscore.embedding.object_counts import ObjectCounts
    from twinscore.images.annotations.placement import SeenObject
    from twinscore.images.records import ImageItem, PixelFacts
    from twinscore.images.views.annotated_source import AnnotatedSource
    from twinscore.images.views.cutting import CutImage, Piece
    from twinscore.images.views.found_objects import FoundObjects
    from twinscore.images.views.object_facts import ObjectFacts
    from twinscore.images.views.settings import ViewSettings


class ImageNote(Protocol):
    """Is told of each image."""

    def __call__(self, place: int, item: ImageItem, found: FoundObjects, /) -> None:
        """Take note of the image at a place, and of what was found in it."""


@dataclass(frozen=True, slots=True)
class EmbeddedViews:
    """One side of the comparison, once for each view.

    Attributes
    ----------
    embeddings
        By view. Objects have the group of their image, or the image itself for a group.
    sources
        By view, where its pictures can be had again; none of a store.
    counts
        Of objects.
    facts
        Of objects, small ones as well.
    fact_rows
        By view of objects, for each picture the row of its object in `facts`.
    """

    embeddings: dict[str, Embeddings]
    sources: dict[str, ViewSource]
    counts: ObjectCounts
    facts: ObjectFacts
    fact_rows: dict[str, array[int]]


def embed_views(
    source: AnnotatedSource,
    embedder: ImageEmbedder,
    settings: ViewSettings,
    *,
    threads: int | None = None,
    progress: ProgressCallback | None = None,
    on_disk: bool = False,
    note: ImageNote | None = None,
) -> EmbeddedViews:
    """Embed all views of annotated images.

    Memory holds the vectors, some 300 bytes of each object, and the pictures of a few images.

    Parameters
    ----------
    source
        The images and their annotations.
    embedder
        Of both sides of a comparison.
    settings
        Which views.
    threads
        That decode and cut, beside those of the embedder; None: one for each core.
    progress
        Called now and then with (images done, images).
    on_disk
        The vectors shall lie in temporary files instead of in memory.
    note
        Called with each image that can be read, in order.
    """
    return _ViewRun(source, embedder, settings, threads, progress, on_disk, note).finish()


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What is known of a picture that is being embedded."""

    view: str
    place: int
    of: SeenObject | None
    fact_row: int


class _ViewRun:
    """One walk over a source."""

    def __init__(
        self,
        source: AnnotatedSource,
        embedder: ImageEmbedder,
        settings: ViewSettings,
        threads: int | None,
        progress: ProgressCallback | None,
        on_disk: bool,
        note: ImageNote | None,
    ) -> None:
        self._source = source
        self._note = note
        self._images = ViewedImages(source)
        self._embedder = embedder
        self._settings = settings
        self._threads = threads or thread_count()
        self._progress = progress
        self._views = {
            name: _KeptView(
                ViewSource(self._images, name, settings), embedder.dimension, on_disk=on_disk
            )
            for name in settings.names
        }
        self._waiting: deque[_Waiting] = deque()
        problems = [*source.annotations.problems, *self._images.problems]
        self._tally = ObjectTally(source.annotations.format, len(source), problems, settings)
        self._fact_rows: dict[int, int] = {}

    def finish(self) -> EmbeddedViews:
        from twinscore.embedding.network.preparation import Examination

        with closing(self._pictures()) as pictures:
            stream = self._embedder.stream(pictures, Examination(facts=True))
            with closing(stream):
                for batch in stream:
                    for image in batch:
                        self._keep(image, self._waiting.popleft())
        passed_over = passed_over_by(self._source)
        return EmbeddedViews(
            {
                name: view.embeddings(self._embedder, passed_over)
                for name, view in self._views.items()
            },
            {name: view.source for name, view in self._views.items()},
            self._tally.counts,
            self._tally.facts,
            {name: view.fact_rows for name, view in self._views.items()},
        )

    def _keep(self, image: EmbeddedImage, waiting: _Waiting) -> None:
        view = self._views[waiting.view]
        if image.vector is None:
            view.skipped.append(Skipped(image.item.name, image.failure or ""))
            return
        view.append(image, waiting)

    def _pictures(self) -> Generator[ImageItem, None, None]:
        """Yield the pictures of one image after the other, noting what they are."""
        from twinscore.embedding.network.prefetch import prefetch

        with closing(
            prefetch(self._cut, self._tasks(), workers=self._threads, ahead=self._threads + 2)
        ) as images:
            for place, image in enumerate(images):
                self._images.note_size(place, image.size)
                self._count(place, image)
                for piece in image.pieces:
                    yield from self._waiting_picture(image, piece, place)
                if self._progress is not None:
                    self._progress(place + 1, len(self._images))

    def _waiting_picture(self, image: CutImage, piece: Piece, place: int) -> Iterator[ImageItem]:
        content = b"" if piece.picture is None else CutPicture(piece.picture, image.facts)
        item = picture_item(image.item, piece.of, content)
        if piece.picture is None:
            self._views[piece.view].skipped.append(Skipped(item.name, piece.failure or ""))
            return
        fact_row = -1 if piece.of is None else self._fact_rows[piece.of.number]
        self._waiting.append(_Waiting(piece.view, place, piece.of, fact_row))
        yield item

    def _tasks(self) -> Iterator[tuple[int, ImageItem]]:
        for place, item in enumerate(self._source):
            yield place, item.in_hand()

    def _cut(self, task: tuple[int, ImageItem]) -> CutImage:
        # Pillow comes with it, and `import twinscore` does without.
        from twinscore.images.decoding import pillow_warnings_silenced
        from twinscore.images.views.cutting import cut_image

        place, item = task
        annotated = self._images.annotated(place, item)
        with pillow_warnings_silenced():
            preprocessing = self._embedder.preprocessing
            return cut_image(
                item,
                annotated,
                self._settings,
                shorter_side=preprocessing.least_decoded,
                exposure=preprocessing.exposure,
            )

    def _count(self, place: int, image: CutImage) -> None:
        if image.failure is not None:
            unread = Skipped(image.item.name, image.failure)
            self._tally.counts.unread.append(unread)
            for view in self._views.values():
                view.skipped.append(unread)
            return
        found = found_in(image)
        self._fact_rows = self._tally.add(found, unit_of(image.item))
        if self._note is not None:
            self._note(place, image.item, found)


class _KeptView:
    """What remains of one view."""

    def __init__(self, source: ViewSource, dimension: int, *, on_disk: bool) -> None:
        from twinscore.embedding.network.growing_rows import GrowingRows, RowsOnDisk

        self.source = source
        self.skipped: list[Skipped] = []
        self._rows = RowsOnDisk(dimension) if on_disk else GrowingRows(dimension, capacity=0)
        self._kept = KeptImages()
        self.fact_rows = array("q")

    def append(self, image: EmbeddedImage, waiting: _Waiting) -> None:
        assert image.vector is not None
        of = waiting.of
        self._rows.append(image.vector)
        self._kept.append(image if of is None else replace(image, pixel_facts=facts_of_part(image)))
        self.source.append(waiting.place, of)
        if of is not None:
            self.fact_rows.append(waiting.fact_row)

    def embeddings(self, embedder: ImageEmbedder, passed_over: dict[str, int]) -> Embeddings:
        kept = self._kept
        return Embeddings(
            vectors=self._rows.finish(),
            names=tuple(kept.names),
            groups=kept.complete_groups(range(len(kept.names))),
            skipped=tuple(self.skipped),
            model=embedder.fingerprint,
            preprocessing=embedder.preprocessing.fingerprint,
            columns=kept.columns(),
            facts=tuple(kept.facts) if any(kept.facts) else None,
            passed_over=passed_over,
            pixel_facts=kept.complete_pixel_facts(),
        )


def facts_of_part(image: EmbeddedImage) -> PixelFacts | None:
    """Leave out what of a part of an image tells nothing."""
    if image.pixel_facts is None:
        return None
    return tuple(
        None if name in OF_THE_FRAME else value
        for name, value in zip(FACT_NAMES, image.pixel_facts, strict=True)
    )
