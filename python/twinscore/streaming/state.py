"""All that a scorer consists of, and every change that may come to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from twinscore.base.logs import logger_of
from twinscore.base.saved_state import Fields
from twinscore.streaming.admission import ROWS_AT_ONCE, Admission
from twinscore.streaming.answers import BatchAnswers
from twinscore.streaming.batch_search import BatchSearch
from twinscore.streaming.codes import group_codes
from twinscore.streaming.fact_trend import FactTrend
from twinscore.streaming.intake import Intake, checked_ids, checked_labels, take_in
from twinscore.streaming.nearest_others import NOBODY, Items
from twinscore.streaming.real_side import RealSide
from twinscore.streaming.register import Counts, Register
from twinscore.streaming.reservoir import Arrivals
from twinscore.streaming.result import StreamResult, stream_result
from twinscore.streaming.snapshot import Snapshot
from twinscore.streaming.stream_pool import StreamPool

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    import numpy.typing as npt

    from twinscore.base.arrays import IdArray
    from twinscore.embedding.network.image_embedder import ImageEmbedder

    Labels = Sequence[Any] | npt.NDArray[Any]

Label = TypeVar("Label")

_logger = logger_of(__name__)


@dataclass(frozen=True, slots=True)
class Batch:
    """What was given, as points with their labels.

    Attributes
    ----------
    intake
        The usable items.
    ids, groups
        One label per usable item, or None.
    """

    intake: Intake
    ids: list[str] | None
    groups: list[str | None] | None


class StreamState:
    """The real side, the register and the pool of a stream, changed together.

    Nothing here waits for anybody: `StreamingScorer` holds the lock.

    Parameters
    ----------
    side
        The real side.
    k
        Neighbors per image.
    capacity
        Synthetic images kept at most.
    register
        Counts, and says with which priority an item asks for a place.
    threads
        None for all that the process may use.
    """

    def __init__(
        self, side: RealSide, k: int, capacity: int, register: Register, threads: int | None
    ) -> None:
        self.side = side
        self.register = register
        self.threads = threads
        self._pool = StreamPool(
            side.embeddings,
            k,
            capacity,
            seed=register.seed,
            whole_groups=not register.follows_time,
            threads=threads,
        )
        self._admission = Admission(register, self._pool.reservoir)
        self._trend = FactTrend(side.fact_medians)
        self._search: BatchSearch | None = None
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
    def kept(self) -> int:
        """Synthetic images kept, once those that wait are admitted."""
        self._admission.settle()
        return len(self._pool.reservoir)

    def read(self, items: Any, groups: Labels | None, ids: Labels | None = None) -> Batch:
        """Turn what was given into points, without a change; see `StreamingScorer.update`."""
        side = self.side
        intake = take_in(
            items,
            self._pool.width,
            lambda: side.embedder,
            images=side.images,
        )
        group_names = checked_labels(groups, intake.total, "groups")
        id_names = checked_ids(ids, intake.total)
        return Batch(intake, _at(id_names, intake), _at(group_names, intake))

    def admit(self, batch: Batch) -> Arrivals:
        """Take in a batch."""
        self._note_skipped(batch.intake)
        arrivals = self.register.enter(batch.intake.vectors, batch.ids, batch.groups)
        self._admission.take(arrivals)
        if batch.intake.pixel_facts is not None:
            self._trend.add(batch.intake.pixel_facts, batch.groups)
        self._result = None
        return arrivals

    def answers_to_arrived(self, batch: Batch, arrivals: Arrivals) -> BatchAnswers:
        """Say how real the items look that were just admitted."""
        return self._answers(batch, arrivals.codes, arrivals.serials)

    def answers_to_visitors(self, batch: Batch) -> BatchAnswers:
        """Say how real items look that are not taken in."""
        serials = self.register.new_serials(len(batch.intake.places))
        return self._answers(batch, group_codes(batch.groups, serials), serials)

    def discard(self, ids: Sequence[str]) -> None:
        """Forget items."""
        self._admission.settle()
        self._pool.reservoir.discard(ids)
        self.register.seen = max(self.register.seen - len(ids), 0)
        self._result = None

    def result(self) -> StreamResult:
        """Score what was seen so far."""
        self._admission.settle()
        if self._result is None:
            self._result = stream_result(self._pool, self.register, self.side, self._trend.drift)
        return self._result

    def merge(self, theirs: Snapshot) -> None:
        """Take in what another stream has seen."""
        self.snapshot().check_mergeable(theirs)
        reservoir = self._pool.reservoir
        arrivals = self._arrivals(theirs)
        is_known = reservoir.holds(theirs.ids)
        reservoir.lower_threshold(theirs.threshold, overflowed=theirs.overflowed)
        reservoir.admit(arrivals.chosen(np.flatnonzero(~is_known)))
        self.side.images_model = self.side.images_model or theirs.images_model
        counts = Counts(theirs.seen, theirs.skipped, theirs.clock)
        self.register.take_over(counts, repeated=int(np.count_nonzero(is_known)))
        self._result = None

    def snapshot(self) -> Snapshot:
        """Return a copy of what makes up the stream."""
        self._admission.settle()
        side, register, reservoir = self.side, self.register, self._pool.reservoir
        return Snapshot(
            real=side.embeddings,
            digest=side.digest,
            images=side.images,
            images_model=side.images_model,
            k=self.k,
            capacity=reservoir.capacity,
            seed=register.seed,
            window=register.window,
            half_life=register.half_life,
            seen=register.seen,
            skipped=register.skipped,
            clock=register.clock,
            threshold=reservoir.threshold,
            overflowed=reservoir.overflowed,
            vectors=reservoir.vectors.copy(),
            priorities=reservoir.priorities.copy(),
            item_priorities=reservoir.item_priorities.copy(),
            ids=tuple(reservoir.ids),
            groups=tuple(reservoir.groups),
            trend=self._trend.to_json(),
        )

    @classmethod
    def restored(
        cls,
        snapshot: Snapshot,
        model: str | os.PathLike[str] | ImageEmbedder | None,
        device: str | None,
        threads: int | None,
    ) -> StreamState:
        """Make a stream that goes on where a snapshot was taken."""
        images = replace(
            snapshot.images,
            model=model or snapshot.images.model,
            device=device or snapshot.images.device,
        )
        side = RealSide(snapshot.real, images, threads)
        side.images_model = snapshot.images_model
        counts = Counts(snapshot.seen, snapshot.skipped, snapshot.clock)
        register = Register(snapshot.seed, snapshot.window, snapshot.half_life, counts)
        state = cls(side, snapshot.k, snapshot.capacity, register, threads)
        if snapshot.trend is not None:
            state._trend = FactTrend.from_json(Fields(snapshot.trend))
        reservoir = state._pool.reservoir
        reservoir.admit(state._arrivals(snapshot))
        reservoir.lower_threshold(snapshot.threshold, overflowed=snapshot.overflowed)
        return state

    def _arrivals(self, snapshot: Snapshot) -> Arrivals:
        """Return the items of a snapshot, with serials of this stream."""
        serials = self.register.new_serials(len(snapshot.vectors))
        return Arrivals(
            snapshot.vectors,
            serials,
            snapshot.priorities,
            snapshot.item_priorities,
            group_codes(snapshot.groups, serials),
            snapshot.ids,
            snapshot.groups,
        )

    def _note_skipped(self, intake: Intake) -> None:
        if not intake.skipped:
            return
        self.register.skipped += len(intake.skipped)
        first = intake.skipped[0]
        _logger.warning(
            "%d of %d items left out, such as %s: %s",
            len(intake.skipped),
            intake.total,
            first.name,
            first.reason,
        )

    def _answers(self, batch: Batch, codes: IdArray, serials: IdArray) -> BatchAnswers:
        self._admission.settle()
        if self._search is None:
            self._search = BatchSearch(
                np.asarray(self.side.embeddings.vectors, np.float32),
                self._pool.real_codes,
                self.k,
                threads=self.threads,
            )
        intake, reservoir = batch.intake, self._pool.reservoir
        known_as = np.full(len(codes), NOBODY, dtype=np.int64)
        if batch.ids is not None:
            known_as = reservoir.serials_of(batch.ids)
        answers = BatchAnswers.unknown(intake.total)
        for start in range(0, len(codes), ROWS_AT_ONCE):
            part = slice(start, start + ROWS_AT_ONCE)
            places = intake.places[part]
            answers.real_share[places], answers.relative_distance[places] = (
                self._search.shares_and_ratios(
                    intake.vectors[part],
                    Items(codes[part], known_as[part]),
                    reservoir.vectors,
                    reservoir.codes,
                    reservoir.serials,
                )
            )
            answers.kept[places] = np.isin(serials[part], reservoir.serials)
        return answers


def _at(labels: list[Label] | None, intake: Intake) -> list[Label] | None:
    """Return the labels of the items that can be used."""
    if labels is None or len(intake.places) == intake.total:
        return labels
    return [labels[place] for place in intake.places.tolist()]
