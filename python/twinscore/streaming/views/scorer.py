"""The score of annotated images that keep coming, a view at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from twinscore.base.interruption import interrupts_postponed
from twinscore.embedding.annotated_side import annotations_of
from twinscore.embedding.models import DEFAULT_MODEL
from twinscore.embedding.records import Embeddings
from twinscore.embedding.settings import ImageSettings
from twinscore.embedding.sides import open_source
from twinscore.images.sources import DEFAULT_INTERVAL
from twinscore.images.views.annotated_source import AnnotatedSource
from twinscore.images.views.settings import SCENES, ViewSettings
from twinscore.streaming.scorer import StreamingScorer
from twinscore.streaming.views.batch import read_batch
from twinscore.streaming.views.real_views import open_real_views
from twinscore.streaming.views.result import views_result
from twinscore.streaming.views.snapshot import ViewsSnapshot

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence
    from typing import BinaryIO

    from twinscore.base.progress import StageProgress
    from twinscore.embedding.network.image_embedder import ImageEmbedder
    from twinscore.embedding.object_counts import ObjectCounts
    from twinscore.streaming.pictures import Pictures
    from twinscore.streaming.result import StreamResult


class StreamingViews:
    """Scores annotated synthetic images while they come: objects, the world around them, scenes.

    Every view is a `StreamingScorer` of its own, with all that this promises; an image is decoded
    once for all of them. Whole images are always among the views.

    Parameters
    ----------
    real
        Real images, a file of annotations, or a store of images with their objects.
    real_objects
        Annotations of the real images; None where `real` is such a file or store.
    views
        Names of views, or `ViewSettings`. None: those of the store, else objects, environment and
        scenes.
    capacity
        Pictures kept at most of each view. None: as many as there are real ones.
    k, seed, group_by, model, device, threads, exposure, video_interval, progress
        As in `StreamingScorer`.
    allow_remote_paths
        As there.

    Attributes
    ----------
    scorers
        By view.
    settings
        How images are looked at.

    Raises
    ------
    FileNotFoundError, TypeError, ValueError, MissingExtraError
        Where an argument cannot be used.

    Examples
    --------
    >>> stream = ts.StreamingViews("photos/", "photos.json")  # doctest: +SKIP
    >>> for folder in shots:  # doctest: +SKIP
    ...     stream.update(folder, folder / "labels")
    >>> print(stream.result().views.verdict)  # doctest: +SKIP
    The objects pass (0.97), the world around them does not (0.12), ...
    """

    def __init__(
        self,
        real: Any,
        real_objects: Any = None,
        *,
        views: Sequence[str] | ViewSettings | None = None,
        k: int = 1,
        capacity: int | None = None,
        seed: int = 0,
        group_by: str | None = None,
        model: str | os.PathLike[str] | ImageEmbedder = DEFAULT_MODEL,
        device: str = "cpu",
        threads: int | None = None,
        exposure: float | None = None,
        video_interval: float = DEFAULT_INTERVAL,
        allow_remote_paths: bool = False,
        progress: StageProgress | None = None,
    ) -> None:
        images = ImageSettings(
            model=model,
            device=device,
            exposure=exposure,
            video_interval=video_interval,
            group_by=group_by,
            allow_remote_paths=allow_remote_paths,
        )
        found = open_real_views(
            real, real_objects, views, images, threads=threads, progress=progress
        )
        scorers = {
            view: StreamingScorer(
                found.embeddings[view],
                k,
                capacity,
                seed,
                model=model,
                device=device,
                threads=threads,
                exposure=exposure,
                video_interval=video_interval,
                allow_remote_paths=allow_remote_paths,
            )
            for view in found.settings.names
        }
        if found.embedder is not None:
            scorers[SCENES].use(found.embedder)
        self._hold(scorers, found.settings, found.notes, group_by, threads)

    def _hold(
        self,
        scorers: Mapping[str, StreamingScorer],
        settings: ViewSettings,
        real_notes: tuple[str, ...],
        group_by: str | None,
        threads: int | None,
    ) -> None:
        self.scorers = dict(scorers)
        self.settings = settings
        self._real_notes = real_notes
        self._group_by = group_by
        self._threads = threads

    @property
    def embedder(self) -> ImageEmbedder:
        """The network that pictures go through."""
        return self.scorers[SCENES].embedder

    def update(self, images: Any, objects: Any = None) -> ObjectCounts:
        """Take in a batch of annotated synthetic images.

        An image that comes again under its name takes the place of the older one, as far as it is
        kept; pictures of objects that it no longer has stay until `discard` takes them out.

        Parameters
        ----------
        images
            In any form that `twinscore.score` takes, or a file of annotations.
        objects
            Annotations of them; None where `images` is such a file.

        Returns
        -------
        ObjectCounts
            What was found of objects in this batch, and what was left out.

        Raises
        ------
        FileNotFoundError, TypeError, ValueError, MissingExtraError
            As `twinscore.score`; nothing is taken in.
        """
        given, annotations, _ = annotations_of(images, objects, self.settings)
        assert annotations is not None
        of_images = self.scorers[SCENES].image_settings
        source = open_source(
            given,
            side="synthetic",
            group_by=self._group_by,
            video_interval=of_images.video_interval,
            allow_remote_paths=of_images.allow_remote_paths,
        )
        if isinstance(source, Embeddings):
            raise ValueError("expected images to look at objects in, got embeddings")
        annotated = AnnotatedSource(source, annotations)
        batch = read_batch(annotated, self.embedder, self.settings, self._threads)
        self.admit(batch.pictures)
        return batch.counts

    def admit(self, pictures: Mapping[str, Pictures]) -> None:
        """Take in pictures that are embedded, by view."""
        with interrupts_postponed():
            for view, of_view in pictures.items():
                of_view.given_to(self.scorers[view])

    def discard(self, names: Mapping[str, Sequence[str]]) -> None:
        """Forget pictures, by view, under the names that they were counted by."""
        with interrupts_postponed():
            for view, of_view in names.items():
                self.scorers[view].discard(of_view)

    def result(self, notes: Sequence[str] = ()) -> StreamResult:
        """Score what was seen so far.

        Parameters
        ----------
        notes
            What the caller knows of the images given, added to the warnings.

        Returns
        -------
        StreamResult
            Of whole scenes; `views` holds all, with a row each, corrected for their number.

        Raises
        ------
        ValueError
            There are too few whole images; other views say so in their rows.
        """
        return views_result(self.scorers, SCENES, (*self._real_notes, *notes))

    def merge(self, other: StreamingViews) -> Self:
        """Take in what another stream of the same real side has seen, view by view.

        Raises
        ------
        ValueError
            It looks at images in another way, or as `StreamingScorer.merge`.
        """
        if other.settings != self.settings:
            raise ValueError(f"expected {self.settings} to merge, got {other.settings}")
        for view, scorer in self.scorers.items():
            scorer.merge(other.scorers[view])
        return self

    def snapshot(self) -> ViewsSnapshot:
        """Return a copy of all that makes it up; see `restore`."""
        scorers = {view: scorer.snapshot() for view, scorer in self.scorers.items()}
        return ViewsSnapshot(scorers, self.settings, self._real_notes, self._group_by)

    @classmethod
    def restore(
        cls,
        snapshot: ViewsSnapshot,
        *,
        model: str | os.PathLike[str] | ImageEmbedder | None = None,
        device: str | None = None,
        threads: int | None = None,
    ) -> Self:
        """Go on where a snapshot was taken; see `StreamingScorer.load`."""
        stream = cls.__new__(cls)
        scorers = {
            view: StreamingScorer.restore(each, model=model, device=device, threads=threads)
            for view, each in snapshot.scorers.items()
        }
        stream._hold(scorers, snapshot.settings, snapshot.real_notes, snapshot.group_by, threads)
        return stream

    def save(self, file: str | os.PathLike[str] | BinaryIO) -> None:
        """Write all of it to a file, in the place of an older one; a crash leaves one of the two.

        Raises
        ------
        OSError
            The file cannot be written; an older one is as it was.
        """
        self.snapshot().write(file)

    @classmethod
    def load(
        cls,
        file: str | os.PathLike[str] | BinaryIO,
        *,
        model: str | os.PathLike[str] | ImageEmbedder | None = None,
        device: str | None = None,
        threads: int | None = None,
    ) -> Self:
        """Read what `save` wrote; see `StreamingScorer.load`.

        Raises
        ------
        FileNotFoundError
            There is no such file.
        ValueError
            The file is damaged, or of another format.
        """
        snapshot, _ = ViewsSnapshot.read_with_notes(file)
        return cls.restore(snapshot, model=model, device=device, threads=threads)
