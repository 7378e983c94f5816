"""Numbers for all that comes: its place in the stream, its priority, the code of its group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.base.errors import SettingError
from twinscore.streaming.codes import group_codes
from twinscore.streaming.priority import (
    fractions,
    label_hashes,
    number_hashes,
    recent_first,
    recent_likelier,
)
from twinscore.streaming.reservoir import Arrivals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twinscore.base.arrays import Float64Array, FloatMatrix, IdArray


@dataclass(frozen=True, slots=True)
class Counts:
    """What a stream has counted up to a moment.

    Attributes
    ----------
    seen, skipped
        Items given, and left out.
    clock
        Items numbered: the place of the next in its stream.
    """

    seen: int = 0
    skipped: int = 0
    clock: int = 0


class Register:
    """Counts the items of a stream and says with which priority each asks for a place.

    Parameters
    ----------
    seed
        Of the priorities.
    window, half_life
        As in `StreamingScorer`; not both.
    counts
        Where counting goes on from.

    Attributes
    ----------
    seen, skipped, clock
        As in `Counts`.
    """

    def __init__(
        self,
        seed: int,
        window: int | None = None,
        half_life: float | None = None,
        counts: Counts | None = None,
    ) -> None:
        self.seed = seed
        self.window = window
        self.half_life = half_life
        counts = counts or Counts()
        self.seen = counts.seen
        self.skipped = counts.skipped
        self.clock = counts.clock
        self._next_serial = 0

    @property
    def follows_time(self) -> bool:
        """Whether late items are preferred."""
        return self.window is not None or self.half_life is not None

    @property
    def counts(self) -> Counts:
        """What was counted so far."""
        return Counts(self.seen, self.skipped, self.clock)

    def enter(
        self,
        vectors: FloatMatrix,
        ids: Sequence[str] | None,
        groups: Sequence[str | None] | None,
    ) -> Arrivals:
        """Take down the items of a batch.

        Parameters
        ----------
        vectors
            Shape (n, d), float32.
        ids, groups
            Length n, or None.
        """
        numbers = self.clock + np.arange(len(vectors), dtype=np.int64)
        self.clock += len(vectors)
        uniform = fractions(
            number_hashes(self.seed, numbers, vectors)
            if ids is None
            else label_hashes(self.seed, ids)
        )
        serials = self.new_serials(len(vectors))
        codes = group_codes(groups, serials)
        return Arrivals(
            vectors,
            serials,
            self._priorities(numbers, uniform, groups),
            uniform,
            codes,
            ids,
            groups,
        )

    def take_over(self, other: Counts, repeated: int) -> None:
        """Count what another stream has counted, less the items that were in both."""
        self.seen += other.seen - repeated
        self.skipped += other.skipped
        self.clock = max(self.clock, other.clock)

    def new_serials(self, count: int) -> IdArray:
        """Return serials that were not given out before."""
        first = self._next_serial
        self._next_serial += count
        return np.arange(first, first + count, dtype=np.int64)

    def _priorities(
        self, numbers: IdArray, uniform: Float64Array, groups: Sequence[str | None] | None
    ) -> Float64Array:
        if self.window is not None:
            return recent_first(numbers)
        if self.half_life is not None:
            return recent_likelier(uniform, numbers, self.half_life)
        if groups is None:
            return uniform
        priorities = uniform.copy()
        places = [place for place, group in enumerate(groups) if group is not None]
        labels = [f"group {groups[place]}" for place in places]
        priorities[places] = fractions(label_hashes(self.seed, labels))
        return priorities


def check_sampling(
    k: int, capacity: int | None, window: int | None, half_life: float | None
) -> None:
    """Refuse numbers that no stream can be sampled by; the arguments are `StreamingScorer`'s."""
    for name, value in (("k", k), ("capacity", capacity), ("window", window)):
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | np.integer):
            raise TypeError(f"expected {name} as a whole number, got {value!r}")
        if value < 1:
            raise SettingError(f"expected {name} of at least 1, got {value}")
    if half_life is not None and not half_life > 0.0:
        raise SettingError(f"expected half_life above 0, got {half_life}")
    if window is not None and (half_life is not None or capacity is not None):
        raise SettingError("expected window alone, or capacity and half_life")
