"""The blocks of one side of a search, as workers are given them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from twinscore.neighbors.prepared_blocks import Block
from twinscore.neighbors.spread_meeting import Part, prepare

if TYPE_CHECKING:
    from twinscore.base.arrays import IdArray
    from twinscore.base.workers.protocol import Workers
    from twinscore.neighbors.row_blocks import RowBlocks
    from twinscore.neighbors.shortlists import Shortlists
    from twinscore.neighbors.spread_plan import Meeting


@dataclass(slots=True)
class SharedBlocks:
    """The blocks of one side, each handed to the workers when it is first needed.

    Attributes
    ----------
    side
        Its name.
    rows, groups, starts
        What is cut, and where.
    workers
        Who takes them.
    search
        What stands for the `SharedSearch` among the arguments of their tasks.
    uses
        How many meetings of each block are still to come; it is let go after the last.
    """

    side: str
    rows: RowBlocks
    groups: IdArray | None
    starts: list[int]
    workers: Workers
    search: Any
    uses: Counter[int] = field(default_factory=Counter)
    _shared: dict[int, tuple[Any, Any]] = field(default_factory=dict)

    def take(self, number: int) -> tuple[Any, Any]:
        """Return what stands for a block in the arguments of a task, and for it made ready.

        The latter is None where one worker does all that there is to do with the block.
        """
        if number not in self._shared:
            start, stop = self.starts[number], self.starts[number + 1]
            groups = None if self.groups is None else self.groups[start:stop]
            block = self.workers.share(Block(self.rows.read(start, stop), start, groups))
            prepared = None
            if self.uses[number] > 1 and self.workers.count > 1:
                whole = self.whole(number, None, 0)
                prepared = self.workers.share_result(prepare, (self.search, whole, block))
            self._shared[number] = block, prepared
        shared = self._shared[number]
        self.uses[number] -= 1
        if self.uses[number] == 0:
            del self._shared[number]
        return shared

    def whole(self, number: int, lists: Shortlists | None, k: int) -> Part:
        """Return all rows of a block, with what their lists of k tell."""
        return self.some(number, 0, self.size(number), lists, k)

    def some(self, number: int, start: int, stop: int, lists: Shortlists | None, k: int) -> Part:
        """Return some rows of a block; see `whole`."""
        limits = None if lists is None else lists.limits(k)[start:stop]
        return Part(self.side, number, start, stop, limits)

    def size(self, number: int) -> int:
        """Return the number of rows of a block."""
        return self.starts[number + 1] - self.starts[number]

    def size_of(self, meeting: Meeting) -> int:
        """Return the number of rows of a first block that take part."""
        start, stop = meeting.rows(self.size(meeting.first))
        return stop - start
