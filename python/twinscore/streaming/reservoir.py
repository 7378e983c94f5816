"""A sample of bounded size from a stream without end: items of the lowest priority, or groups."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, KeysView, Sequence

    from twinscore.base.arrays import BoolArray, Float64Array, FloatMatrix, IdArray
    from twinscore.streaming.pool_rows import PoolRows

FEWEST_GROUPS = 20
"""Once groups have to be dropped, none may take more than this part of the room."""

NOBODY = -1


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Items that ask for a place.

    Attributes
    ----------
    vectors
        Shape (n, d), float32, finite.
    serials
        Shape (n,), int64: no two items of one reservoir share a serial.
    priorities
        Shape (n,), float64: of the item, or of its group where groups are given.
    item_priorities
        Shape (n,), float64: among the members of a group.
    codes
        Shape (n,), int64: equal for the members of a group and for nobody else.
    ids
        Length n, or None: an item takes the place of an older one with its id; None is no id.
    groups
        Length n, or None where no item has a group; the group of an item may be None as well.
    """

    vectors: FloatMatrix
    serials: IdArray
    priorities: Float64Array
    item_priorities: Float64Array
    codes: IdArray
    ids: Sequence[str | None] | None = None
    groups: Sequence[str | None] | None = None

    def __len__(self) -> int:
        """Return the number of items."""
        return len(self.serials)

    @staticmethod
    def joined(several: Sequence[Arrivals]) -> Arrivals:
        """Put arrivals without ids into one, in order."""
        groups: list[str | None] = []
        for arrivals in several:
            groups.extend(arrivals.groups or [None] * len(arrivals))
        return Arrivals(
            np.concatenate([arrivals.vectors for arrivals in several]),
            np.concatenate([arrivals.serials for arrivals in several]),
            np.concatenate([arrivals.priorities for arrivals in several]),
            np.concatenate([arrivals.item_priorities for arrivals in several]),
            np.concatenate([arrivals.codes for arrivals in several]),
            None,
            groups if any(group is not None for group in groups) else None,
        )

    def part(self, start: int, stop: int) -> Arrivals:
        """Return a run of the items, as views."""
        run = slice(start, stop)
        return Arrivals(
            self.vectors[run],
            self.serials[run],
            self.priorities[run],
            self.item_priorities[run],
            self.codes[run],
            None if self.ids is None else self.ids[run],
            None if self.groups is None else self.groups[run],
        )

    def chosen(self, places: IdArray) -> Arrivals:
        """Return some of the items, as copies."""
        numbers = places.tolist()
        return Arrivals(
            self.vectors[places],
            self.serials[places],
            self.priorities[places],
            self.item_priorities[places],
            self.codes[places],
            None if self.ids is None else [self.ids[i] for i in numbers],
            None if self.groups is None else [self.groups[i] for i in numbers],
        )


class Reservoir:
    """Keeps the items, or the whole groups, whose priority lies below a threshold.

    The threshold is infinite until room runs out and only falls afterwards, as far as it has to.
    What is kept depends on the set of items alone, not on their order.

    Groups that would take more than a `FEWEST_GROUPS`-th of the room are thinned to that once room
    has run out, by the priorities of their members: otherwise one long clip would push out all
    the others.

    Parameters
    ----------
    capacity
        Items kept at most.
    whole_groups
        Draw groups rather than items, once there are any.
    rows
        Where the vectors are kept, from row `first_row` on.
    """

    def __init__(
        self, capacity: int, *, whole_groups: bool, rows: PoolRows, first_row: int
    ) -> None:
        self.capacity = capacity
        self.threshold = math.inf
        self.overflowed = False
        self._whole_groups = whole_groups
        self._has_groups = False
        self._rows = rows
        self._first_row = first_row
        self.serials = np.empty(0, dtype=np.int64)
        self.priorities = np.empty(0)
        self.item_priorities = np.empty(0)
        self.codes = np.empty(0, dtype=np.int64)
        self.groups: list[str | None] = []
        self.ids: list[str | None] = []
        self._place_of_id: dict[str, int] = {}

    def __len__(self) -> int:
        """Return the number of items kept."""
        return len(self.serials)

    @property
    def is_sample(self) -> bool:
        """Whether anything had to be left out."""
        return self.overflowed or math.isfinite(self.threshold)

    @property
    def group_share(self) -> float:
        """Share of all groups seen that is kept.

        Priorities of groups are uniform: as many lie below the threshold as it is large.
        """
        return min(self.threshold, 1.0) if self._whole_groups else 1.0

    @property
    def vectors(self) -> FloatMatrix:
        """Shape (kept, d): a view, valid until the next change."""
        return self._rows.view(self._first_row, self._first_row + len(self))

    @property
    def names(self) -> KeysView[str]:
        """The ids kept."""
        return self._place_of_id.keys()

    def holds(self, ids: Iterable[str | None]) -> BoolArray:
        """Tell which ids are kept."""
        return np.array([name in self._place_of_id for name in ids], dtype=np.bool_)

    def serials_of(self, ids: Sequence[str]) -> IdArray:
        """Return the serials of the items kept under these ids, `NOBODY` where there is none."""
        places = [self._place_of_id.get(name, NOBODY) for name in ids]
        serials = np.append(self.serials, NOBODY)
        return np.asarray(serials[places], dtype=np.int64)

    def admit(self, arrivals: Arrivals) -> None:
        """Take in those whose priority is low enough, and let go of those that no longer fit."""
        chosen = np.arange(len(arrivals))
        if arrivals.ids is not None:
            # Of several with one id the last counts, even if it finds no place.
            last = {name or place: place for place, name in enumerate(arrivals.ids)}
            chosen = np.array(sorted(last.values()), dtype=np.int64)
            self.discard(name for name in last if isinstance(name, str))
        chosen = chosen[arrivals.priorities[chosen] < self.threshold]
        if len(chosen) == 0:
            return
        if arrivals.groups is not None and self._whole_groups:
            self._has_groups = self._has_groups or any(
                arrivals.groups[place] is not None for place in chosen.tolist()
            )
        kept = np.ones(len(self), dtype=np.bool_)
        taken = np.ones(len(chosen), dtype=np.bool_)
        self.overflowed = self.overflowed or len(self) + len(chosen) > self.capacity
        if self.overflowed:
            survives = self._select(
                np.concatenate([self.priorities, arrivals.priorities[chosen]]),
                np.concatenate([self.item_priorities, arrivals.item_priorities[chosen]]),
            )
            kept, taken = survives[: len(self)], survives[len(self) :]
        self._replace(~kept, arrivals, chosen[taken])

    def discard(self, ids: Iterable[str]) -> int:
        """Let go of the items with these ids; return how many were kept."""
        places = [self._place_of_id[name] for name in ids if name in self._place_of_id]
        if places:
            leaves = np.zeros(len(self), dtype=np.bool_)
            leaves[places] = True
            self._replace(leaves, None, np.empty(0, dtype=np.int64))
        return len(places)

    def lower_threshold(self, threshold: float, *, overflowed: bool) -> None:
        """Take on the threshold of another reservoir, before its items are admitted."""
        self.threshold = min(self.threshold, threshold)
        self.overflowed = self.overflowed or overflowed
        survives = self.priorities < self.threshold
        self._replace(~survives, None, np.empty(0, dtype=np.int64))

    def _select(self, priorities: Float64Array, item_priorities: Float64Array) -> BoolArray:
        """Choose among more items than there is room for, and lower the threshold to match."""
        if not self._has_groups:
            if len(priorities) > self.capacity:
                self.threshold = float(np.partition(priorities, self.capacity)[self.capacity])
            return priorities < self.threshold
        # A group is known by its priority: members share it, and no two groups do.
        most_members = max(1, self.capacity // FEWEST_GROUPS)
        order = np.lexsort((item_priorities, priorities))
        distinct, first, sizes = np.unique(priorities[order], return_index=True, return_counts=True)
        rank = np.arange(len(order)) - np.repeat(first, sizes)
        needed = np.cumsum(np.minimum(sizes, most_members))
        fitting = int(np.searchsorted(needed, self.capacity, side="right"))
        if fitting < len(distinct):
            self.threshold = float(distinct[fitting])
        survives = np.empty(len(order), dtype=np.bool_)
        survives[order] = rank < most_members
        return survives & (priorities < self.threshold)

    def _replace(self, leaves: BoolArray, arrivals: Arrivals | None, chosen: IdArray) -> None:
        """Fill the places of those who leave with the arrivals, and close the gaps left over."""
        free = np.flatnonzero(leaves)
        for place in free.tolist():
            name = self.ids[place]
            if name is not None:
                del self._place_of_id[name]
        before = len(self)
        after = before - len(free) + len(chosen)
        appended = np.arange(before, max(before, before + len(chosen) - len(free)))
        targets = np.concatenate([free, appended])[: len(chosen)]
        self._resize(max(before, after))
        if arrivals is not None and len(chosen):
            self._write(targets, arrivals, chosen)
        if after < before:
            gaps = free[len(chosen) :]
            gaps = gaps[gaps < after]
            is_gap = np.zeros(before, dtype=np.bool_)
            is_gap[free[len(chosen) :]] = True
            movers = after + np.flatnonzero(~is_gap[after:])
            self._move(movers, gaps)
            self._resize(after)

    def _resize(self, count: int) -> None:
        grown = count - len(self)
        self._rows.reserve(self._first_row + count)
        for name in ("serials", "priorities", "item_priorities", "codes"):
            values = getattr(self, name)
            blank = np.full(max(grown, 0), NOBODY, dtype=values.dtype)
            setattr(self, name, np.concatenate([values[:count], blank]))
        self.groups = self.groups[:count] + [None] * max(grown, 0)
        self.ids = self.ids[:count] + [None] * max(grown, 0)

    def _write(self, targets: IdArray, arrivals: Arrivals, chosen: IdArray) -> None:
        self.serials[targets] = arrivals.serials[chosen]
        self.priorities[targets] = arrivals.priorities[chosen]
        self.item_priorities[targets] = arrivals.item_priorities[chosen]
        self.codes[targets] = arrivals.codes[chosen]
        self._rows.write(self._first_row + targets, arrivals.vectors[chosen])
        for target, source in zip(targets.tolist(), chosen.tolist(), strict=True):
            self.groups[target] = None if arrivals.groups is None else arrivals.groups[source]
            self._name(target, None if arrivals.ids is None else arrivals.ids[source])

    def _move(self, sources: IdArray, targets: IdArray) -> None:
        for values in (self.serials, self.priorities, self.item_priorities, self.codes):
            values[targets] = values[sources]
        self._rows.write(self._first_row + targets, self._rows.rows(self._first_row + sources))
        for source, target in zip(sources.tolist(), targets.tolist(), strict=True):
            self.groups[target] = self.groups[source]
            self._name(target, self.ids[source])

    def _name(self, place: int, name: str | None) -> None:
        self.ids[place] = name
        if name is not None:
            self._place_of_id[name] = place
