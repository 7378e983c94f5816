"""From a source of images into a store, going on where an earlier run stopped."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from twinscore.base.workers.opening import connection_kept
from twinscore.embedding.models import DEFAULT_MODEL
from twinscore.embedding.records import Embeddings, Skipped
from twinscore.embedding.settings import ImageSettings
from twinscore.embedding.sides import open_source
from twinscore.embedding.store import StoreDescription, StoreWriter, is_store, read_description
from twinscore.embedding.store.known import Knowledge
from twinscore.embedding.store.opening import directory_of
from twinscore.embedding.store.rows import OK
from twinscore.images.content import read_stamp
from twinscore.images.sources import DEFAULT_INTERVAL
from twinscore.images.sources.passed_over import passed_over_by

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from twinscore.base.workers.protocol import Workers
    from twinscore.embedding.network.image_embedder import ImageEmbedder
    from twinscore.images.records import ImageItem, ImageSource

DEFAULT_SHARD_SIZE = 4096

_SECONDS_BETWEEN_REPORTS = 0.1


@dataclass(slots=True)
class EmbeddingRun:
    """What one run of `embed` did, or has done so far.

    Attributes
    ----------
    total
        Images of the source.
    unchanged
        Images that the store had already.
    repeated
        Times that the source listed an image again; it is kept once.
    embedded
        Images embedded by this run.
    failed
        Images that this run found no embedding for.
    failures
        Name and reason of the first of them, at most `MOST_FAILURES_KEPT`.
    seconds
        Since the first image.
    passed_over
        Files of the source that are images by their ending and are not read, by ending.
    missing
        Images in the store that the source does not list: kept, unless pruned.
    store
        The store as it is after the run; None while it goes on.
    """

    total: int
    unchanged: int = 0
    repeated: int = 0
    embedded: int = 0
    failed: int = 0
    failures: list[Skipped] = field(default_factory=list)
    seconds: float = 0.0
    missing: int = 0
    passed_over: dict[str, int] = field(default_factory=dict)
    store: StoreDescription | None = None

    @property
    def done(self) -> int:
        """Images of the source that need no more work."""
        return self.unchanged + self.repeated + self.embedded + self.failed

    @property
    def images_per_second(self) -> float:
        """Rate of this run, failed images included."""
        return (self.embedded + self.failed) / self.seconds if self.seconds > 0 else 0.0


MOST_FAILURES_KEPT = 1000

RunCallback = Callable[[EmbeddingRun], None]


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
    items = open_source(
        source,
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
    )
    with (
        connection_kept(workers),
        StoreWriter(directory, description, retry_failed=retry_failed) as writer,
    ):
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
        self._progress = progress
        self._started = time.perf_counter()
        self._next_report = 0.0
        self.state = EmbeddingRun(total=len(source), passed_over=passed_over_by(source))

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
                    self._count(image.item, status)
                self._report()
        self.state.missing = self._writer.missing
        self.state.store = self._writer.finish(prune=prune)
        self._report(at_once=True)
        return self.state

    def _wanted(self) -> Iterator[ImageItem]:
        """Pass over the images that the store has."""
        for item in self._source:
            stamp = partial(read_stamp, item, hashed=self._hashed)
            knowledge = self._writer.plan(item, stamp)
            if knowledge in (Knowledge.NEW, Knowledge.CHANGED):
                yield item
                continue
            if knowledge is Knowledge.REPEATED:
                self.state.repeated += 1
            else:
                self.state.unchanged += 1
            self._report()

    def _count(self, item: ImageItem, status: str) -> None:
        if status == OK:
            self.state.embedded += 1
            return
        self.state.failed += 1
        if len(self.state.failures) < MOST_FAILURES_KEPT:
            self.state.failures.append(Skipped(item.name, status))

    def _report(self, *, at_once: bool = False) -> None:
        self.state.seconds = time.perf_counter() - self._started
        if self._progress is not None and (at_once or self.state.seconds >= self._next_report):
            self._next_report = self.state.seconds + _SECONDS_BETWEEN_REPORTS
            self._progress(self.state)
