"""The score of synthetic images that keep coming, in bounded memory."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from twinscore.base.logs import logger_of
from twinscore.images.sources import DEFAULT_INTERVAL
from twinscore.streaming.admission import ROWS_AT_ONCE, Admission
from twinscore.streaming.answers import BatchAnswers, BatchSearch
from twinscore.streaming.codes import group_codes
from twinscore.streaming.fork_safe_lock import ForkSafeLock
from twinscore.streaming.intake import checked_ids, checked_labels, take_in
from twinscore.streaming.interruption import interrupts_postponed
from twinscore.streaming.real_side import RealSide, open_real_side
from twinscore.streaming.register import Registry, check_sampling
from twinscore.streaming.result import StreamResult, stream_result
from twinscore.streaming.snapshot import Snapshot
from twinscore.streaming.stream_pool import CandidatePool

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence
    from typing import BinaryIO

    import numpy.typing as npt

    from twinscore.base.arrays import IdArray
    from twinscore.base.progress import StageProgress
    from twinscore.embedding.network.embedder import Embedder
    from twinscore.streaming.intake import Intake

    Labels = Sequence[Any] | npt.NDArray[Any]

_logger = logger_of(__name__)


class StreamingScorer:
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
    model, device, threads, exposure, video_interval
        As in `twinscore.score`; used once images rather than embeddings are given.
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
        model: str | os.PathLike[str] | Embedder = "efficientnet-lite0",
        device: str = "cpu",
        threads: int | None = None,
        exposure: float | None = None,
        video_interval: float = DEFAULT_INTERVAL,
        progress: StageProgress | None = None,
    ) -> None:
        check_sampling(k, capacity, window, half_life)
        side = open_real_side(
            real,
            groups=groups,
            group_by=group_by,
            model=model,
            device=device,
            threads=threads,
            exposure=exposure,
            video_interval=video_interval,
            progress=progress,
        )
        room = window or capacity or len(side.embeddings.vectors)
        self._set_up(side, k, room, Registry(seed, window, half_life), threads)

    def _set_up(
        self, side: RealSide, k: int, capacity: int, registry: Registry, threads: int | None
    ) -> None:
        self._side = side
        self._registry = registry
        self._threads = threads
        self._pool = CandidatePool(
            side.embeddings,
            k,
            capacity,
            seed=registry.seed,
            whole_groups=not registry.follows_time,
            threads=threads,
        )
        self._lock = ForkSafeLock()
        self._search: BatchSearch | None = None
        self._admission = Admission(registry, self._pool.reservoir)
        self._result: StreamResult | None = None

    @property
    def k(self) -> int:
        """Neighbors per image."""
        return self._pool.k

    @property
    def capacity(self) -> int:
        """Synthetic images kept at most."""
        return self._pool.reservoir.capacity

    @property
    def n_real(self) -> int:
        """Real images."""
        return len(self._side.embeddings.vectors)

    @property
    def n_seen(self) -> int:
        """Synthetic images given so far; one that came again under its id counts once."""
        return self._registry.seen

    @property
    def n_kept(self) -> int:
        """Synthetic images kept now."""
        with self._lock:
            self._admission.settle()
            return len(self._pool.reservoir)

    @property
    def n_skipped(self) -> int:
        """Synthetic images left out because they could not be used."""
        return self._registry.skipped

    @property
    def embedder(self) -> Embedder:
        """The network that images go through."""
        return self._side.embedder

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
            Say of each item how real it looks; costs a search of the whole pool.

        Returns
        -------
        BatchAnswers or None

        Raises
        ------
        TypeError, ValueError
            The batch has another width, or groups or ids of another length; nothing is taken in.
        """
        intake = self._taken_in(items)
        group_names = checked_labels(groups, intake.total, "groups")
        id_names = checked_ids(ids, intake.total)
        with self._lock:
            with interrupts_postponed():
                self._note_skipped(intake)
                arrivals = self._registry.register(
                    intake.vectors, _at(id_names, intake), _at(group_names, intake)
                )
                self._admission.take(arrivals)
                self._result = None
            if not answers:
                return None
            return self._answers(intake, arrivals.codes, arrivals.serials)

    def compare(self, items: Any, *, groups: Labels | None = None) -> BatchAnswers:
        """Say of items how real they look, without taking them in.

        Parameters
        ----------
        items, groups
            As for `update`.
        """
        intake = self._taken_in(items)
        group_names = checked_labels(groups, intake.total, "groups")
        with self._lock:
            serials = self._registry.new_serials(len(intake.places))
            codes = group_codes(_at(group_names, intake), serials)
            return self._answers(intake, codes, serials)

    def discard(self, ids: Labels) -> None:
        """Forget items given before, such as frames that were deleted; `n_seen` falls with them.

        Parameters
        ----------
        ids
            Names given to `update` before, each once.
        """
        names = checked_ids(ids, len(ids)) or []
        with self._changing():
            self._admission.settle()
            self._pool.reservoir.discard(names)
            self._registry.seen = max(self._registry.seen - len(names), 0)
            self._result = None

    def result(self) -> StreamResult:
        """Score what was seen so far.

        Only what has changed since the last result is searched.

        Raises
        ------
        ValueError
            There are fewer than two images or groups of a side, or fewer than k neighbors.
        """
        with self._lock:
            self._admission.settle()
            if self._result is None:
                self._result = stream_result(self._pool, self._registry, self._side)
            return self._result

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
        with self._changing():
            self._admission.settle()
            self.snapshot().check_mergeable(theirs)
            reservoir = self._pool.reservoir
            arrivals = theirs.arrivals(self._registry)
            is_known = reservoir.holds(theirs.ids)
            reservoir.lower_threshold(theirs.threshold, overflowed=theirs.overflowed)
            reservoir.admit(arrivals.chosen(np.flatnonzero(~is_known)))
            self._side.images_model = self._side.images_model or theirs.images_model
            self._registry.take_over(theirs, repeated=int(np.count_nonzero(is_known)))
            self._result = None
        return self

    def snapshot(self) -> Snapshot:
        """Return a copy of all that makes up the scorer; see `restore`."""
        with self._lock:
            self._admission.settle()
            return Snapshot.of(self._pool, self._registry, self._side)

    @classmethod
    def restore(
        cls,
        snapshot: Snapshot,
        *,
        model: str | os.PathLike[str] | Embedder | None = None,
        device: str | None = None,
        threads: int | None = None,
    ) -> StreamingScorer:
        """Make a scorer that goes on where a snapshot was taken."""
        scorer = cls.__new__(cls)
        side = RealSide(
            snapshot.real,
            model or snapshot.model,
            device or snapshot.device,
            threads,
            exposure=snapshot.exposure,
            video_interval=snapshot.video_interval,
        )
        side.images_model = snapshot.images_model
        registry = snapshot.registry()
        scorer._set_up(side, snapshot.k, snapshot.capacity, registry, threads)
        reservoir = scorer._pool.reservoir
        reservoir.admit(snapshot.arrivals(registry))
        reservoir.lower_threshold(snapshot.threshold, overflowed=snapshot.overflowed)
        return scorer

    def save(self, file: str | os.PathLike[str] | BinaryIO) -> None:
        """Write all of it to a file, in the place of an older one; a crash leaves one of the two.

        An uncompressed .npz without pickled objects; it carries a version.

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
        model: str | os.PathLike[str] | Embedder | None = None,
        device: str | None = None,
        threads: int | None = None,
    ) -> StreamingScorer:
        """Read what `save` wrote; scoring goes on as if it had never stopped.

        Parameters
        ----------
        file
            A path or a binary file.
        model, device
            Of the embedder; None: those it was saved with.
        threads
            None for all that the process may use.

        Raises
        ------
        FileNotFoundError
            There is no such file.
        ValueError
            The file is damaged, or was written by a version of another format.
        """
        return cls.restore(Snapshot.read(file), model=model, device=device, threads=threads)

    def __getstate__(self) -> dict[str, Any]:
        return {"snapshot": self.snapshot(), "threads": self._threads}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__ = self.restore(state["snapshot"], threads=state["threads"]).__dict__

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with self._lock, interrupts_postponed():
            yield

    def _taken_in(self, items: Any) -> Intake:
        side = self._side
        return take_in(
            items, self._pool.width, lambda: side.embedder, video_interval=side.video_interval
        )

    def _note_skipped(self, intake: Intake) -> None:
        if not intake.skipped:
            return
        self._registry.skipped += len(intake.skipped)
        first = intake.skipped[0]
        _logger.warning(
            "%d of %d items left out, such as %s: %s",
            len(intake.skipped),
            intake.total,
            first.name,
            first.reason,
        )

    def _answers(self, intake: Intake, codes: IdArray, serials: IdArray) -> BatchAnswers:
        self._admission.settle()
        if self._search is None:
            real = np.asarray(self._side.embeddings.vectors, np.float32)
            self._search = BatchSearch(real, self.k, threads=self._threads)
        reservoir = self._pool.reservoir
        answers = BatchAnswers.unknown(intake.total)
        for start in range(0, len(codes), ROWS_AT_ONCE):
            part = slice(start, start + ROWS_AT_ONCE)
            places = intake.places[part]
            answers.real_share[places], answers.distance_ratio[places] = (
                self._search.shares_and_ratios(
                    intake.vectors[part],
                    codes[part],
                    reservoir.vectors,
                    reservoir.codes,
                    reservoir.serials,
                )
            )
            answers.kept[places] = np.isin(serials[part], reservoir.serials)
        return answers


def _at(labels: list[Any] | None, intake: Intake) -> list[Any] | None:
    """Return the labels of the items that can be used."""
    if labels is None or len(intake.places) == intake.total:
        return labels
    return [labels[place] for place in intake.places.tolist()]
