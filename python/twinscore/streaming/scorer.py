"""The score of synthetic images that keep coming, in bounded memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from twinscore.base.counts import checked_seed
from twinscore.base.interruption import interrupts_postponed
from twinscore.embedding.models import DEFAULT_MODEL
from twinscore.embedding.settings import ImageSettings
from twinscore.images.sources import DEFAULT_INTERVAL
from twinscore.streaming.intake import checked_ids
from twinscore.streaming.real_side import open_real_side
from twinscore.streaming.register import Register, check_sampling
from twinscore.streaming.savable import SavableStream
from twinscore.streaming.state import StreamState

if TYPE_CHECKING:
    import os

    from twinscore.base.progress import StageProgress
    from twinscore.embedding.network.image_embedder import ImageEmbedder
    from twinscore.streaming.answers import BatchAnswers
    from twinscore.streaming.result import StreamResult
    from twinscore.streaming.snapshot import Snapshot
    from twinscore.streaming.state import Labels


class StreamingScorer(SavableStream):
    """Scores synthetic images against a fixed real side while they come.

    Up to `capacity` synthetic images, `result` equals the score of all of them bit for bit,
    however they were cut into batches. Beyond, a uniform sample is kept (whole groups where groups
    are given) and memory stays as it is. Which images are kept depends on the seed and the images
    alone; shards scored apart and put together by `merge` give what one scorer would have given.

    Safe to use from several threads. After a fork, a child has a copy of its own.

    Parameters
    ----------
    real
        The real side, in any form that `twinscore.score` takes.
    k
        Neighbors per image.
    capacity
        Synthetic images kept at most. None: as many as there are real ones, so that S settles at
        the real fraction 1/2.
    seed
        Of the sample and of the draws from groups.
    groups
        One label per real image: images of one clip, scene or camera pass share it.
    group_by
        "folder": real images in one folder form a group.
    window
        Score the latest so many images only, instead of a sample of all: shows drift.
    half_life
        Sample with a weight that halves every so many images: shows drift, more smoothly.
    model, device, threads, exposure, video_interval, allow_remote_paths
        As in `twinscore.score`; used once images rather than embeddings are given. What a list may
        lead to is not saved: a scorer that was loaded stays with the host of a list.
    progress
        Called now and then with (stage, done, total) while the real images are embedded.

    Raises
    ------
    FileNotFoundError, TypeError, ValueError
        Where an argument cannot be used.

    Examples
    --------
    >>> import numpy as np, twinscore as ts
    >>> random = np.random.default_rng(0)
    >>> real, twin = random.normal(size=(2, 200, 8)).astype("float32")
    >>> scorer = ts.StreamingScorer(real)
    >>> for batch in np.array_split(twin, 5):
    ...     scorer.update(batch)
    >>> scorer.result().score == ts.score(real, twin).score
    True
    """

    def __init__(
        self,
        real: Any,
        k: int = 1,
        capacity: int | None = None,
        seed: int = 0,
        groups: Labels | None = None,
        *,
        group_by: str | None = None,
        window: int | None = None,
        half_life: float | None = None,
        model: str | os.PathLike[str] | ImageEmbedder = DEFAULT_MODEL,
        device: str = "cpu",
        threads: int | None = None,
        exposure: float | None = None,
        video_interval: float = DEFAULT_INTERVAL,
        allow_remote_paths: bool = False,
        progress: StageProgress | None = None,
    ) -> None:
        check_sampling(k, capacity, window, half_life)
        seed = checked_seed(seed)
        images = ImageSettings(
            model=model,
            device=device,
            exposure=exposure,
            video_interval=video_interval,
            group_by=group_by,
            allow_remote_paths=allow_remote_paths,
        )
        side = open_real_side(real, images, groups=groups, threads=threads, progress=progress)
        room = window or capacity or len(side.embeddings.vectors)
        self._hold(StreamState(side, k, room, Register(seed, window, half_life), threads))

    @property
    def k(self) -> int:
        """Neighbors per image."""
        return self._state.k

    @property
    def capacity(self) -> int:
        """Synthetic images kept at most."""
        return self._state.capacity

    @property
    def n_real(self) -> int:
        """Real images."""
        return len(self._state.side.embeddings.vectors)

    @property
    def n_seen(self) -> int:
        """Synthetic images given so far; one that came again under its id counts once."""
        return self._state.register.seen

    @property
    def n_kept(self) -> int:
        """Synthetic images kept now."""
        with self._lock.held:
            return self._state.kept

    @property
    def n_skipped(self) -> int:
        """Synthetic images left out because they could not be used."""
        return self._state.register.skipped

    @property
    def embedder(self) -> ImageEmbedder:
        """The network that images go through."""
        return self._state.side.embedder

    @property
    def image_settings(self) -> ImageSettings:
        """How images become points."""
        return self._state.side.images

    def use(self, embedder: ImageEmbedder) -> None:
        """Let images go through a network that is open already, the same that was named."""
        self._state.side.use(embedder)

    def update(
        self,
        items: Any,
        *,
        groups: Labels | None = None,
        ids: Labels | None = None,
        answers: bool = False,
    ) -> BatchAnswers | None:
        """Take in a batch of synthetic images.

        Images that cannot be read and rows that are not finite are left out, counted in
        `n_skipped` and logged; the others count.

        Parameters
        ----------
        items
            Embeddings of shape (n, d), or images in any form that `twinscore.score` takes.
        groups
            One label per item, or None for an item without a group.
        ids
            One name per item. An item whose id is kept already takes the older one's place and
            is not counted again. Ids of items no longer kept are forgotten: memory is bounded.
        answers
            Say of each item how real it looks, whether or not it was seen before; costs a search
            of the whole pool.

        Returns
        -------
        BatchAnswers or None

        Raises
        ------
        TypeError, ValueError
            The batch has another width, or groups or ids of another length; nothing is taken in.
        """
        batch = self._state.read(items, groups, ids)
        with self._lock.held:
            with interrupts_postponed():
                arrivals = self._state.admit(batch)
            return self._state.answers_to_arrived(batch, arrivals) if answers else None

    def compare(
        self, items: Any, *, groups: Labels | None = None, ids: Labels | None = None
    ) -> BatchAnswers:
        """Say of items how real they look, without taking them in.

        The answers are the same whether or not an item was taken in before.

        Parameters
        ----------
        items, groups, ids
            As for `update`. With ids, an item is not compared with what it was before: as an image
            that was replaced, or that a loader has augmented in another way.
        """
        batch = self._state.read(items, groups, ids)
        with self._lock.held:
            return self._state.answers_to_visitors(batch)

    def discard(self, ids: Labels) -> None:
        """Forget items given before, such as frames that were deleted; `n_seen` falls with them.

        Parameters
        ----------
        ids
            Names given to `update` before, each once.
        """
        names = checked_ids(ids, len(ids)) or []
        with self._lock.held, interrupts_postponed():
            self._state.discard(names)

    def result(self) -> StreamResult:
        """Score what was seen so far.

        Only what has changed since the last result is searched.

        Raises
        ------
        ValueError
            There are fewer than two images or groups of a side, or fewer than k neighbors.
        """
        with self._lock.held:
            return self._state.result()

    def merge(self, other: StreamingScorer) -> Self:
        """Take in all that another scorer of the same real side has seen; it stays as it is.

        Equals, in distribution, one scorer that saw everything; bit for bit as long as nothing
        had to be left out. Neither the order of merges nor that of batches matters. An id that
        both have kept counts once, with this scorer's image.

        Raises
        ------
        ValueError
            The other scorer has another real side, k, seed or way of sampling.
        """
        if other is self:
            raise ValueError("expected another scorer to merge, got the same one")
        return self.merge_snapshot(other.snapshot())

    def merge_snapshot(self, theirs: Snapshot) -> Self:
        """Take in what a snapshot holds, as `merge` does."""
        with self._lock.held, interrupts_postponed():
            self._state.merge(theirs)
        return self
