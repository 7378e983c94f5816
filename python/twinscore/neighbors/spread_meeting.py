"""What a worker does in a search: parts of blocks meet there, and stay prepared for the next."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from twinscore.neighbors.block_meeting import meeting
from twinscore.neighbors.block_plan import bytes_of_row
from twinscore.neighbors.prepared_blocks import PreparedBlocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.base.arrays import Float64Array
    from twinscore.neighbors.common_ground import SampledProblem
    from twinscore.neighbors.prepared_blocks import Block, PreparedBlock, SentBlock
    from twinscore.neighbors.shortlists import Shortlists

SECONDS_KEPT = 10.0
"""After its last meeting a worker keeps the blocks of a search so long; the next may come late."""


@dataclass(frozen=True, slots=True)
class SharedSearch:
    """What workers know of a search.

    Attributes
    ----------
    name
        Of this search alone.
    sample
        What blocks share is found on it.
    k
        Neighbors wanted.
    room
        Bytes for blocks that are prepared.
    threads
        Of each worker.
    """

    name: str
    sample: SampledProblem
    k: int
    room: int
    threads: int

    def prepared_blocks(self) -> PreparedBlocks:
        """Begin to prepare blocks."""
        ground = self.sample.ground(self.threads)
        row = bytes_of_row(self.sample.reference, self.k, ground.row_bytes)
        return PreparedBlocks(ground, self.room // row)


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of a block, and what is known of them.

    Attributes
    ----------
    side, number
        Which block.
    start, stop
        Which of its rows.
    limits
        Shape (stop - start,): how far the k-th neighbor of each is at most; None where nobody
        knows.
    """

    side: str
    number: int
    start: int
    stop: int
    limits: Float64Array | None


def prepare(search: SharedSearch, part: Part, block: Block) -> SentBlock:
    """Make a block ready on a worker, for all that it meets."""
    with _held.blocks_of(search) as blocks:
        return blocks.sent(_prepared(blocks, part, block, None))


def meet(
    search: SharedSearch,
    first: Part,
    first_block: Block,
    first_sent: SentBlock | None,
    second: Part | None,
    second_block: Block | None,
    second_sent: SentBlock | None,
    for_both: bool,
) -> tuple[Shortlists, Shortlists | None]:
    """Let some rows of a block meet another, or themselves, on a worker; see `meeting`."""
    with _held.blocks_of(search) as blocks:
        asking = _prepared(blocks, first, first_block, first_sent), first.limits
        asked = None
        if second is not None and second_block is not None:
            asked = _prepared(blocks, second, second_block, second_sent), second.limits
        return meeting(asking, asked, search.k, for_both=for_both, threads=search.threads)


def _prepared(
    blocks: PreparedBlocks, part: Part, block: Block, sent: SentBlock | None
) -> PreparedBlock:
    name = (part.side, part.number, part.start, part.stop)
    rows = part.stop - part.start
    return blocks.take(name, rows, lambda: block.part(part.start, part.stop), sent)


def let_go(search: SharedSearch) -> None:
    """Forget a search that was made in this process."""
    _held.let_go(search.name)


@dataclass(slots=True)
class _HeldBlocks:
    """The blocks of the search that this process took part in last."""

    name: str | None = None
    blocks: PreparedBlocks | None = None
    timer: threading.Timer | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def blocks_of(self, search: SharedSearch) -> Iterator[PreparedBlocks]:
        blocks = self._take(search.name) or search.prepared_blocks()
        try:
            yield blocks
        finally:
            self._keep(search.name, blocks)

    def let_go(self, name: str) -> None:
        with self.lock:
            if self.name == name:
                self._forget()

    def _take(self, name: str) -> PreparedBlocks | None:
        """Hand out the blocks of a search; those of another are let go."""
        with self.lock:
            blocks = self.blocks if self.name == name else None
            self._forget()
            return blocks

    def _keep(self, name: str, blocks: PreparedBlocks) -> None:
        with self.lock:
            self._forget()
            self.name, self.blocks = name, blocks
            self.timer = threading.Timer(SECONDS_KEPT, self.let_go, (name,))
            self.timer.daemon = True
            self.timer.start()

    def _forget(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
        self.name = self.blocks = self.timer = None


_held = _HeldBlocks()
