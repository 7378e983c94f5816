"""From annotated images to points, a set of them for each view, each image decoded once."""

from __future__ import annotations

from collections import deque
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from twinscore.base.threads import thread_count
from twinscore.embedding.into_memory import KeptImages
from twinscore.embedding.object_counts import ObjectCounts
from twinscore.embedding.records import EmbeddedImage, Embeddings, Skipped
from twinscore.images.annotations.matching import match_images
from twinscore.images.annotations.records import AnnotatedImage
from twinscore.images.records import ImageItem
from twinscore.images.sources.passed_over import passed_over_by
from twinscore.images.views.object_facts import ObjectFacts
from twinscore.images.views.settings import ENVIRONMENT, OF_OBJECTS
from twinscore.images.views.view_source import ViewSource

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from twinscore.base.progress import ProgressCallback
    from twinscore.embedding.network.embedder import Embedder
    from twinscore.images.annotations.placement import SeenObject
    from twinscore.images.records import ImageFacts
    from twinscore.images.views.annotated_source import AnnotatedSource
    from twinscore.images.views.cuts import Cut
    from twinscore.images.views.cutting import CutImage, Piece
    from twinscore.images.views.settings import ViewSettings

CLASS_COLUMN = "class"


@dataclass(frozen=True, slots=True)
class EmbeddedViews:
    """One side of the comparison, once for each view.

    Attributes
    ----------
    embeddings
        By view. Objects have the group of their image, or the image itself for a group.
    sources
        By view, where its pictures can be had again.
    counts
        Of objects.
    facts
        Of objects, small ones as well.
    """

    embeddings: dict[str, Embeddings]
    sources: dict[str, ViewSource]
    counts: ObjectCounts
    facts: ObjectFacts


def embed_views(
    source: AnnotatedSource,
    embedder: Embedder,
    settings: ViewSettings,
    *,
    threads: int | None = None,
    progress: ProgressCallback | None = None,
) -> EmbeddedViews:
    """Embed all views of annotated images.

    Memory holds the vectors, the place of each object, and the pictures of a few images.

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
    """
    return _ViewRun(source, embedder, settings, threads, progress).finish()


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What is known of a picture that is being embedded."""

    view: str
    place: int
    cut: Cut
    facts: ImageFacts | None


class _ViewRun:
    """One walk over a source."""

    def __init__(
        self,
        source: AnnotatedSource,
        embedder: Embedder,
        settings: ViewSettings,
        threads: int | None,
        progress: ProgressCallback | None,
    ) -> None:
        self._source = source
        self._embedder = embedder
        self._settings = settings
        self._threads = threads or thread_count()
        self._progress = progress
        self._views = {name: _KeptView(embedder.dimension) for name in settings.names}
        self._waiting: deque[_Waiting] = deque()
        matching = match_images([item.name for item in source], source.annotations)
        self._annotated = matching.annotated
        self._counts = ObjectCounts(source.annotations.format, len(source))
        self._facts = ObjectFacts()
        self._counts.problems += [*source.annotations.problems, *matching.problems]

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
            {name: ViewSource(self._source, view.cuts) for name, view in self._views.items()},
            self._counts,
            self._facts,
        )

    def _keep(self, image: EmbeddedImage, waiting: _Waiting) -> None:
        view = self._views[waiting.view]
        if image.vector is None:
            view.skipped.append(Skipped(image.item.name, image.failure or ""))
            return
        view.append(replace(image, facts=waiting.facts), waiting.place, waiting.cut)

    def _pictures(self) -> Generator[ImageItem, None, None]:
        """Yield the pictures of one image after the other, noting what they are."""
        from twinscore.embedding.network.prefetch import prefetch

        with closing(
            prefetch(self._cut, self._tasks(), workers=self._threads, ahead=self._threads + 2)
        ) as images:
            for place, image in enumerate(images):
                self._count(image)
                for piece in image.pieces:
                    yield from self._waiting_picture(image, piece, place)
                if self._progress is not None:
                    self._progress(place + 1, len(self._annotated))

    def _waiting_picture(self, image: CutImage, piece: Piece, place: int) -> Iterator[ImageItem]:
        item = _item_of(image, piece)
        if piece.picture is None:
            self._views[piece.view].skipped.append(Skipped(item.name, piece.failure or ""))
            return
        self._waiting.append(_Waiting(piece.view, place, piece.cut, image.facts))
        yield item

    def _tasks(self) -> Iterator[tuple[ImageItem, str | None]]:
        for item, annotated in zip(self._source, self._annotated, strict=True):
            yield item.in_hand(), annotated

    def _cut(self, task: tuple[ImageItem, str | None]) -> CutImage:
        # Pillow comes with it, and `import twinscore` does without.
        from twinscore.images.decoding import pillow_warnings_silenced
        from twinscore.images.views.cutting import cut_image

        item, name = task
        annotations = self._source.annotations
        annotated = None if name is None else annotations.read(name)
        if annotated is None and annotations.absent_means_none:
            annotated = AnnotatedImage(item.name)
        with pillow_warnings_silenced():
            preprocessing = self._embedder.preprocessing
            return cut_image(
                item,
                annotated,
                self._settings,
                shorter_side=preprocessing.least_decoded,
                exposure=preprocessing.exposure,
            )

    def _count(self, image: CutImage) -> None:
        counts, settings = self._counts, self._settings
        counts.problems += image.problems
        if image.failure is not None:
            unread = Skipped(image.item.name, image.failure)
            counts.unread.append(unread)
            for view in self._views.values():
                view.skipped.append(unread)
            return
        if not image.is_annotated:
            counts.unannotated += 1
            return
        things = [each for each in image.objects if not each.is_region]
        assert image.size is not None
        self._facts.add(things, image.size, unit_of(image.item))
        counts.regions += len(image.objects) - len(things)
        counts.without_objects += not things
        for each in things:
            counts.objects[each.class_name] = counts.objects.get(each.class_name, 0) + 1
            counts.masked += each.mask is not None
            if each.box.longer_side < settings.smallest:
                counts.too_small += 1
            elif settings.without_background and each.mask is None:
                counts.without_mask += 1
        wanted = ENVIRONMENT in settings.names
        counts.covered += wanted and all(each.view != ENVIRONMENT for each in image.pieces)


class _KeptView:
    """What remains of one view."""

    def __init__(self, dimension: int) -> None:
        from twinscore.embedding.network.growing_rows import GrowingRows

        self._rows = GrowingRows(dimension, capacity=0)
        self._kept = KeptImages()
        self.skipped: list[Skipped] = []
        self.cuts: list[tuple[int, ImageItem, Cut]] = []

    def append(self, image: EmbeddedImage, place: int, cut: Cut) -> None:
        assert image.vector is not None
        self._rows.append(image.vector)
        self._kept.append(image)
        self.cuts.append((place, replace(image.item, content=b""), cut))

    def embeddings(self, embedder: Embedder, passed_over: dict[str, int]) -> Embeddings:
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


def _item_of(image: CutImage, piece: Piece) -> ImageItem:
    """Return the picture as an item: an object is grouped with the others of its image."""
    item = image.item
    content = b"" if piece.picture is None else piece.picture
    if piece.view not in OF_OBJECTS or piece.of is None:
        return replace(item, content=content)
    return ImageItem(
        object_name(item.name, piece.of),
        content,
        unit_of(item),
        {**item.columns, CLASS_COLUMN: piece.of.class_name},
    )


def unit_of(image: ImageItem) -> str:
    """Return what the objects of an image are grouped by: its group, or the image itself."""
    return image.name if image.group is None else image.group


def object_name(image: str, of: SeenObject) -> str:
    """Name an object by its image, its number in it, and its class."""
    return f"{image} object {of.number} ({of.class_name})"
