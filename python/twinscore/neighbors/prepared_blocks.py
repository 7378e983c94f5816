"""Blocks of rows made ready to meet, the last ones used kept while there is room."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from twinscore._core import PreparedBlock as CoreBlock

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from twinscore._core import CommonGround
    from twinscore.base.arrays import IdArray, PointMatrix


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive rows that were read.

    Attributes
    ----------
    rows
        Shape (n, d).
    first
        The number of the first of them.
    groups
        Shape (n,), or None.
    """

    rows: PointMatrix
    first: int
    groups: IdArray | None

    def part(self, start: int, stop: int) -> Block:
        """Return some of the rows."""
        groups = None if self.groups is None else self.groups[start:stop]
        return Block(self.rows[start:stop], self.first + start, groups)


@dataclass(frozen=True, slots=True)
class PreparedBlock:
    """A block, and what it was made ready as.

    Attributes
    ----------
    block
        The rows.
    core
        What the core made of them.
    """

    block: Block
    core: CoreBlock


@dataclass(frozen=True, slots=True)
class SentBlock:
    """What a block was made ready as, for others who have its rows: they copy rather than work.

    Attributes
    ----------
    fingerprint
        Of the ground it was prepared on.
    first
        The number of the first of its rows.
    parts
        Arrays of the core; None where the ground does not suit the rows.
    """

    fingerprint: int
    first: int
    parts: tuple[Any, ...] | None


@dataclass(slots=True)
class PreparedBlocks:
    """Prepares blocks of one search, and keeps them for the meetings to come.

    Attributes
    ----------
    ground
        What they share.
    rows_kept
        How many rows may be held at a time. Two blocks of a meeting are held, whatever they have.
    """

    ground: CommonGround
    rows_kept: int
    _held: dict[Hashable, PreparedBlock] = field(default_factory=dict)

    def take(
        self,
        name: Hashable,
        rows: int,
        read: Callable[[], Block],
        sent: SentBlock | None = None,
    ) -> PreparedBlock:
        """Return a block, read and prepared now unless it is held.

        Parameters
        ----------
        name
            What it is known by: the same name stands for the same rows.
        rows
            How many it has.
        read
            Returns them.
        sent
            What they, or more rows around them, were made ready as by another.
        """
        prepared = self._held.pop(name, None)
        if prepared is None:
            self._make_room(rows)
            block = read()
            prepared = PreparedBlock(block, self._core(block, sent))
        self._held[name] = prepared
        return prepared

    def sent(self, prepared: PreparedBlock) -> SentBlock:
        """Return what others need of a block that was prepared here; it is not copied."""
        return SentBlock(self.ground.fingerprint, prepared.block.first, prepared.core.parts)

    def _core(self, block: Block, sent: SentBlock | None) -> CoreBlock:
        # Sketches of another instruction set, or on other axes, are of no use.
        if sent is None or sent.parts is None or sent.fingerprint != self.ground.fingerprint:
            return CoreBlock(self.ground, block.rows)
        return CoreBlock(self.ground, block.rows, sent.parts, block.first - sent.first)

    def _make_room(self, rows: int) -> None:
        """Let go of what was used longest ago, but of the last: it may be about to meet."""
        while len(self._held) > 1 and rows + self._rows_held() > self.rows_kept:
            del self._held[next(iter(self._held))]

    def _rows_held(self) -> int:
        return sum(len(each.block.rows) for each in self._held.values())
