"""From a source of images into a store, going on where an earlier run stopped."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

from twinscore.base.errors import SettingError
from twinscore.base.workers.opening import connection_kept
from twinscore.embedding.annotated_side import annotations_of
from twinscore.embedding.embedding_run import EmbeddingRun, ReportedRun
from twinscore.embedding.models import DEFAULT_MODEL
from twinscore.embedding.records import Embeddings
from twinscore.embedding.settings import ImageSettings
from twinscore.embedding.sides import open_source
from twinscore.embedding.store import StoreDescription, StoreWriter, is_store, read_description
from twinscore.embedding.store.known import Knowledge
from twinscore.embedding.store.opening import directory_of
from twinscore.embedding.views_into_store import ViewsIntoStore
from twinscore.images.content import read_stamp
from twinscore.images.sources import DEFAULT_INTERVAL
from twinscore.images.sources.passed_over import passed_over_by
from twinscore.images.views.annotated_source import AnnotatedSource

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence

    from twinscore.base.workers.protocol import Workers
    from twinscore.embedding.embedding_run import RunCallback
    from twinscore.embedding.network.image_embedder import ImageEmbedder
    from twinscore.images.records import ImageItem, ImageSource
    from twinscore.images.views.settings import ViewSettings

DEFAULT_SHARD_SIZE = 4096

NOT_BY_WORKERS = (
    "expected objects without workers (--workers), got both: images are cut in this process"
)


def embed(
    source: Any,
    store: str | os.PathLike[str],
    *,
    model: str | os.PathLike[str] | ImageEmbedder = DEFAULT_MODEL,
    device: str = "cpu",
    threads: int | None = None,
    group_by: str | None = None,
    exposure: float | None = None,
    video_interval: float = DEFAULT_INTERVAL,
    allow_remote_paths: bool = False,
    dtype: str = "float32",
    shard_size: int | None = None,
    hashed: bool = False,
    retry_failed: bool = False,
    prune: bool = False,
    workers: str | Workers | None = None,
    progress: RunCallback | None = None,
    objects: Any = None,
    views: Sequence[str] | ViewSettings | None = None,
) -> EmbeddingRun:
    """Embed images into a store, or go on where an earlier run stopped.

    Images that the store holds and that did not change are passed over; new ones are added, and
    changed ones take the place of what was there. A run that is killed loses at most the shard in
    flight, one that is interrupted loses nothing, and the store is in the end the same as that of
    a run without a break.

    Parameters
    ----------
    source
        A folder or whatever else `score` takes as images.
    store
        Folder, made if it does not exist; or the URL of a place in object storage
        (``s3://bucket/renders.store``), or of another kind that fsspec can write to.
    model, device, threads, group_by, exposure, video_interval, allow_remote_paths
        See `score`. All columns of the source are kept, whatever it is grouped by.
    dtype
        Of the vectors on disk: "float32", or "float16" at half the size.
    shard_size
        Images a shard; None for the store's own, or 4096.
    hashed
        Know images again by the sha256 of their files rather than by size and time: they may then
        be copied and touched, but a new run reads every file.
    retry_failed
        Try images again that had no embedding, although they did not change.
    prune
        Take images out of the store that the source no longer lists.
    workers
        Who decodes and embeds: "ray" or "ray://HOST:10001", see `twinscore.self_knn`. Each worker
        takes `threads` cores (1 without it), with `device` "cuda" a CUDA device as well, and needs
        to see the files. This process writes the store; it is the same to the byte.
    progress
        Called now and then with the run so far.
    objects
        Annotations of the objects in the images, see `score`: the store then keeps each object,
        the world around them and the whole image, and scores view by view. Not needed where the
        source is itself a file of annotations. Images are decoded in this process.
    views
        Which of them, see `score`; whole images are always kept.

    Returns
    -------
    EmbeddingRun

    Raises
    ------
    FileNotFoundError, ValueError, TypeError
        The source cannot be used; the store was made with another model or other options.
    BlockingIOError
        Another process writes to the store.
    OSError
        The store cannot be written: the disk is full, the server does not answer; or workers
        cannot be reached, or died again and again.

    Examples
    --------
    >>> import twinscore as ts
    >>> ts.embed("renders/", "renders.store")  # doctest: +SKIP
    >>> ts.score("photos/", "renders.store")  # doctest: +SKIP
    """
    images = ImageSettings(
        model=model,
        device=device,
        exposure=exposure,
        video_interval=video_interval,
        group_by=group_by,
    )
    given, annotations, settings = annotations_of(source, objects, views)
    if settings is not None and workers is not None:
        raise SettingError(NOT_BY_WORKERS)
    items = open_source(
        given,
        side="image",
        group_by=group_by,
        video_interval=video_interval,
        allow_remote_paths=allow_remote_paths,
    )
    if isinstance(items, Embeddings):
        raise ValueError(f"expected images to embed, got embeddings: {source}")
    directory = directory_of(store)
    if shard_size is None:
        shard_size = read_description(directory).shard_size if is_store(directory) else None
    embedder = images.open_embedder(threads, workers)
    description = StoreDescription(
        model=embedder.fingerprint,
        preprocessing=embedder.preprocessing.fingerprint,
        dimension=embedder.dimension,
        dtype=dtype,
        shard_size=DEFAULT_SHARD_SIZE if shard_size is None else shard_size,
        hashed=hashed,
        group_by=group_by,
        exposure=embedder.preprocessing.exposure,
        video_interval=video_interval,
        views=settings,
    )
    with (
        connection_kept(workers),
        StoreWriter(directory, description, retry_failed=retry_failed) as writer,
    ):
        if annotations is not None and settings is not None:
            annotated = AnnotatedSource(items, annotations)
            viewed = ViewsIntoStore(annotated, embedder, writer, settings, hashed=hashed)
            return viewed.finish(prune=prune, threads=threads, progress=progress)
        run = _Run(items, embedder, writer, hashed=hashed, progress=progress)
        return run.finish(prune=prune)


class _Run:
    """One run over a source into a store."""

    def __init__(
        self,
        source: ImageSource,
        embedder: ImageEmbedder,
        writer: StoreWriter,
        *,
        hashed: bool,
        progress: RunCallback | None,
    ) -> None:
        self._source = source
        self._embedder = embedder
        self._writer = writer
        self._hashed = hashed
        state = EmbeddingRun(total=len(source), passed_over=passed_over_by(source))
        self._run = ReportedRun(state, progress)

    def finish(self, *, prune: bool) -> EmbeddingRun:
        from twinscore.embedding.network.preparation import Examination

        stream = self._embedder.stream(
            self._wanted(),
            Examination(facts=True, stamps=True, hashed=self._hashed),
            cut=self._writer.shard_size,
            already=self._writer.in_flight,
        )
        with closing(stream):
            for batch in stream:
                statuses = self._writer.extend(batch)
                for image, status in zip(batch, statuses, strict=True):
                    self._run.count(image.item.name, status)
                self._run.report()
        self._run.state.missing = self._writer.missing
        self._run.state.store = self._writer.finish(prune=prune)
        self._run.report(at_once=True)
        return self._run.state

    def _wanted(self) -> Iterator[ImageItem]:
        """Pass over the images that the store has."""
        for item in self._source:
            stamp = partial(read_stamp, item, hashed=self._hashed)
            knowledge = self._writer.plan(item, stamp)
            if knowledge in (Knowledge.NEW, Knowledge.CHANGED):
                yield item
                continue
            if knowledge is Knowledge.REPEATED:
                self._run.state.repeated += 1
            else:
                self._run.state.unchanged += 1
            self._run.report()
