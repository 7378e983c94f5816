"""From annotated images into a store that keeps every view, going on where a run stopped.

Of each image, what is cut out of it comes first and the whole image last, with what was found of
its objects: once its row is there, all of the image is.
"""

from __future__ import annotations

from collections import deque
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from twinscore.base.threads import thread_count
from twinscore.embedding.embedding_run import EmbeddingRun, ReportedRun
from twinscore.embedding.lacking_images import LackingImages, picture_identity
from twinscore.embedding.store.known import Knowledge
from twinscore.embedding.store.objects_file import write_objects_file
from twinscore.embedding.store.rows import OK, image_id
from twinscore.embedding.store.view_columns import (
    BOX,
    FOUND,
    IMAGE,
    NUMBER,
    VIEW,
    VIEW_COLUMNS,
)
from twinscore.embedding.views import facts_of_part
from twinscore.images.records import ContentStamp, CutPicture
from twinscore.images.sources.failure import FailedImage
from twinscore.images.sources.passed_over import passed_over_by
from twinscore.images.views.found_objects import found_in
from twinscore.images.views.pictures import picture_item
from twinscore.images.views.settings import OF_OBJECTS, SCENES
from twinscore.images.views.viewed_images import ViewedImages

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from twinscore.embedding.embedding_run import RunCallback
    from twinscore.embedding.lacking_images import LackingImage
    from twinscore.embedding.network.image_embedder import ImageEmbedder
    from twinscore.embedding.records import EmbeddedImage
    from twinscore.embedding.store import StoreWriter
    from twinscore.images.records import ImageItem
    from twinscore.images.views.annotated_source import AnnotatedSource
    from twinscore.images.views.cutting import CutImage, Piece
    from twinscore.images.views.settings import ViewSettings

_WANTED = (Knowledge.NEW, Knowledge.CHANGED)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What is known of a picture that is being embedded."""

    stamp: ContentStamp
    view: str


class ViewsIntoStore:
    """One run over annotated images into a store.

    Parameters
    ----------
    source
        The images and their annotations.
    embedder
        The one that the store was described with.
    writer
        Entered.
    settings
        Which views, whole images among them.
    hashed
        Know images again by the digest of their files.

    Raises
    ------
    ValueError
        The source has a column that is called like one of the store's own for objects.
    """

    def __init__(
        self,
        source: AnnotatedSource,
        embedder: ImageEmbedder,
        writer: StoreWriter,
        settings: ViewSettings,
        *,
        hashed: bool,
    ) -> None:
        taken = [name for name in source.column_names if name in VIEW_COLUMNS]
        if taken:
            raise ValueError(
                f"expected images without a column {taken[0]!r}, which the store needs for objects"
            )
        self._source = source
        self._images = ViewedImages(source)
        self._embedder = embedder
        self._writer = writer
        self._settings = settings
        self._lacking = LackingImages(self._images, writer, settings, hashed=hashed)
        self._waiting: deque[_Waiting] = deque()

    def finish(
        self, *, prune: bool, threads: int | None, progress: RunCallback | None
    ) -> EmbeddingRun:
        """Embed what the store lacks.

        Parameters
        ----------
        prune
            Take out images that the source no longer lists.
        threads
            That decode and cut, beside those of the embedder; None: one for each core.
        progress
            Called now and then with the run so far.
        """
        from twinscore.embedding.network.preparation import Examination

        annotations = self._source.annotations
        problems = [*annotations.problems, *self._images.problems]
        write_objects_file(self._writer.directory, annotations.format, problems)
        state = EmbeddingRun(total=len(self._source), passed_over=passed_over_by(self._source))
        run = ReportedRun(state, progress)
        with closing(self._pictures(run, threads or thread_count())) as pictures:
            stream = self._embedder.stream(
                pictures,
                Examination(facts=True),
                cut=self._writer.shard_size,
                already=self._writer.in_flight,
            )
            with closing(stream):
                for batch in stream:
                    self._keep(batch, run)
                    run.report()
        state.missing = self._lacking.missing()
        state.store = self._writer.finish(prune=prune, stale=self._lacking.stale)
        run.report(at_once=True)
        return state

    def _keep(self, batch: list[EmbeddedImage], run: ReportedRun) -> None:
        views, rows = [], []
        for image in batch:
            waiting = self._waiting.popleft()
            of_part = waiting.view in OF_OBJECTS
            facts = facts_of_part(image) if of_part else image.pixel_facts
            rows.append(replace(image, stamp=waiting.stamp, pixel_facts=facts))
            views.append(waiting.view)
        for image, view, status in zip(rows, views, self._writer.extend(rows), strict=True):
            if view == SCENES:
                run.count(image.item.name, status)
            else:
                run.state.pictures += status == OK

    def _pictures(self, run: ReportedRun, threads: int) -> Generator[ImageItem, None, None]:
        """Yield the pictures that the store lacks, noting what they are."""
        from twinscore.embedding.network.prefetch import prefetch

        tasks = self._lacking.of_source(run)
        with closing(prefetch(self._cut, tasks, workers=threads, ahead=threads + 2)) as images:
            for task, image in images:
                found = None if image.failure is not None else found_in(image)
                pieces = (piece for piece in image.pieces if piece.view != SCENES)
                pictures = [self._of_piece(task, image, piece) for piece in pieces]
                whole = next((piece for piece in image.pieces if piece.view == SCENES), None)
                content = self._content(image, whole)
                columns = {**task.item.columns, VIEW: SCENES}
                if found is not None:
                    columns[FOUND] = found.to_json()
                pictures.append(replace(task.item, content=content, columns=columns))
                yield from self._lacking_of(task, pictures, run)

    def _lacking_of(
        self, task: LackingImage, pictures: list[ImageItem], run: ReportedRun
    ) -> Iterator[ImageItem]:
        for picture in pictures:
            view, number = picture.columns[VIEW], int(picture.columns.get(NUMBER, 0))
            item = replace(picture, identity=picture_identity(task.identity, view, number))
            if self._lacking.is_lacking(task, view, image_id(item)):
                self._waiting.append(_Waiting(task.stamp, view))
                yield item
            elif view == SCENES:
                run.state.embedded += 1

    def _of_piece(self, task: LackingImage, image: CutImage, piece: Piece) -> ImageItem:
        item = picture_item(task.item, piece.of, self._content(image, piece))
        own = {VIEW: piece.view, IMAGE: image_id(task.item)}
        if piece.of is not None:
            box = piece.of.box
            own[NUMBER] = str(piece.of.number)
            own[BOX] = f"{box.left} {box.top} {box.right} {box.bottom}"
        return replace(item, columns={**item.columns, **own})

    def _content(self, image: CutImage, piece: Piece | None) -> CutPicture | FailedImage:
        if piece is None or piece.picture is None:
            reason = image.failure if piece is None else piece.failure
            return FailedImage(reason or "")
        return CutPicture(piece.picture, image.facts)

    def _cut(self, task: LackingImage) -> tuple[LackingImage, CutImage]:
        # Pillow comes with it, and `import twinscore` does without.
        from twinscore.images.decoding import pillow_warnings_silenced
        from twinscore.images.views.cutting import cut_image

        preprocessing = self._embedder.preprocessing
        with pillow_warnings_silenced():
            return task, cut_image(
                task.item,
                task.annotated,
                self._settings,
                shorter_side=preprocessing.least_decoded,
                exposure=preprocessing.exposure,
            )
