"""Fill a store shard by shard; what was finished stays, whatever happens."""

from __future__ import annotations

import contextlib
import dataclasses
from typing import TYPE_CHECKING, Self

from twinscore.base.interruption import interrupts_postponed
from twinscore.embedding.store import draft
from twinscore.embedding.store.description import maker_of, write_description
from twinscore.embedding.store.directory import naming_store
from twinscore.embedding.store.inventory import check_usable, find_lost, take_inventory
from twinscore.embedding.store.known import Knowledge, KnownImages
from twinscore.embedding.store.opening import directory_of
from twinscore.embedding.store.rows import OK, ShardRows, image_id, make_row
from twinscore.embedding.store.shards import Shard, recover
from twinscore.embedding.store.taking_out import take_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import TracebackType

    import pyarrow as pa

    from twinscore.embedding.records import EmbeddedImage
    from twinscore.embedding.store.description import StoreDescription
    from twinscore.embedding.store.directory import StoreDirectory
    from twinscore.embedding.store.inventory import Inventory
    from twinscore.embedding.store.known import Place
    from twinscore.embedding.store.opening import Location
    from twinscore.images.records import ContentStamp, ImageItem


class StoreWriter:
    """Adds images to a store; a context manager.

    Images come in the order of their source. `plan` says of each whether it has to be embedded,
    `extend` takes those that were, and `finish` ends the run. A shard is written whenever it is
    full. When the context is left by an error, the Ctrl-C key among them, the rows of the shard
    in flight are kept beside the shards, and the next writer goes on from there; when the process
    is killed, they are lost, and only they. Shards that are damaged or gone are written anew in
    their places, as far as the source has their images.

    Parameters
    ----------
    location
        A folder, made if it does not exist, or the URL of a place in object storage.
    description
        What makes the embeddings; counts in it are not looked at.
    retry_failed
        Embed images again that had no embedding, although they did not change.

    Raises
    ------
    ValueError
        The place holds something else, or a store made with another model or other options.
    BlockingIOError
        Another process writes to this store.
    OSError
        The place cannot be written.
    """

    def __init__(
        self,
        location: Location,
        description: StoreDescription,
        *,
        retry_failed: bool = False,
    ) -> None:
        self._directory = directory_of(location)
        self._wanted = description
        self._retry_failed = retry_failed
        self._resources = contextlib.ExitStack()
        self._rows = ShardRows()
        self._met: set[bytes] = set()
        self._superseded: list[Place] = []
        self._numbers: set[int] = set()
        self._lost: list[int] = []
        self._has_draft = False
        self._images = self._failed = 0

    def __enter__(self) -> Self:
        """Lock the store, mend what a killed writer left, and see what is there."""
        check_usable(self._directory, self._wanted)
        with naming_store(self._directory), contextlib.ExitStack() as resources:
            resources.enter_context(self._directory.locked())
            # Another writer may have come and gone since the first look.
            check_usable(self._directory, self._wanted)
            gone = find_lost(self._directory)
            recover(self._directory)
            self._learn(take_inventory(self._directory, self._wanted, gone))
            self._describe(complete=False)
            self._resources = resources.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Keep what is in flight, and let others write."""
        with self._resources:
            if kind is not None and len(self._rows):
                # On a full disk there may be no room for it: the shards are what counts.
                with contextlib.suppress(OSError), interrupts_postponed():
                    self._directory.check_lock()
                    draft.save(self._rows, self._wanted, self._directory, self._next)

    def plan(self, item: ImageItem, stamp: Callable[[], ContentStamp]) -> Knowledge:
        """Tell what the store knows of an image, and note that the source has it.

        Parameters
        ----------
        item
            The image.
        stamp
            Called where the image is known, to learn whether the image changed.

        Returns
        -------
        Knowledge
            NEW and CHANGED images are to be embedded, and with `retry_failed` FAILED ones are
            CHANGED.
        """
        return self.plan_of(image_id(item), stamp)

    def plan_of(self, identity: str, stamp: Callable[[], ContentStamp]) -> Knowledge:
        """Tell the same of an image by its id."""
        digest = bytes.fromhex(identity)
        if digest in self._met:
            return Knowledge.REPEATED
        self._met.add(digest)
        index = self._known.find(identity)
        if index is None:
            return Knowledge.NEW
        knowledge = self._known.judge(index, stamp())
        if knowledge is Knowledge.FAILED and self._retry_failed:
            knowledge = Knowledge.CHANGED
        if knowledge is Knowledge.CHANGED:
            self._superseded.append(self._known.place(index))
        return knowledge

    def extend(self, images: Sequence[EmbeddedImage]) -> list[str]:
        """Add images and return the status of each: "ok", or why it has no embedding.

        Raises
        ------
        OSError
            The disk is full, for example; finished shards are kept.
        """
        rows = [make_row(image, self._wanted.dtype) for image in images]
        statuses = [row.status for row in rows]
        while rows:
            room = self._wanted.shard_size - len(self._rows)
            # One step, so that an interruption leaves whole batches.
            self._rows.extend(rows[:room])
            rows = rows[room:]
            if len(self._rows) == self._wanted.shard_size:
                self._commit()
        return statuses

    def has_met(self, identity: str) -> bool:
        """Tell whether this run planned an image, by its id."""
        return bytes.fromhex(identity) in self._met

    def tables(self) -> Iterator[pa.Table]:
        """Iterate over the rows that the store has so far, a shard at a time."""
        for number in sorted(self._numbers):
            yield Shard(self._directory, number).load_table()
        if len(self._rows):
            yield self._rows.table()

    def finish(
        self, *, prune: bool = False, stale: Callable[[pa.Table], Sequence[int]] | None = None
    ) -> StoreDescription:
        """Write what is left, and take out the rows that newer ones replace.

        Parameters
        ----------
        prune
            Take out the images as well that the source no longer has.
        stale
            Told the rows of a shard, says which of them go as well.

        Returns
        -------
        StoreDescription
            As store.json has it now.
        """
        if len(self._rows):
            self._commit()
        places = [*self._known.superseded, *self._superseded]
        if prune:
            places += self._known.not_met()
        if stale is not None:
            for number in sorted(self._numbers):
                rows = Shard(self._directory, number).load_table()
                places += [(number, row) for row in stale(rows)]
        with naming_store(self._directory):
            self._directory.check_lock()
            for number in self._lost:
                Shard(self._directory, number).remove()
            taken = take_out(self._directory, places, maker_of(self._wanted))
            self._images -= taken.images
            self._failed -= taken.failed
            self._numbers -= taken.emptied
            return self._describe(complete=True)

    @property
    def directory(self) -> StoreDirectory:
        """Where the store lies."""
        return self._directory

    @property
    def shard_size(self) -> int:
        """Images a shard."""
        return self._wanted.shard_size

    @property
    def in_flight(self) -> int:
        """Number of images that are not in a finished shard."""
        return len(self._rows)

    @property
    def missing(self) -> int:
        """Number of images in the store that the source has not (or not yet) listed."""
        return len(self._known.not_met())

    def _commit(self) -> None:
        shard = Shard(self._directory, self._next)
        matrix = self._rows.matrix(self._wanted.dimension, self._wanted.dtype)
        with naming_store(self._directory):
            self._directory.check_lock()
            shard.commit(matrix, self._rows.table(), maker_of(self._wanted))
            self._images += len(self._rows)
            self._failed += self._rows.failed
            self._rows = ShardRows()
            self._numbers.add(shard.number)
            if shard.number in self._lost:
                self._lost.remove(shard.number)
            if self._has_draft:
                draft.discard(self._directory)
                self._has_draft = False
            self._describe(complete=False)

    @property
    def _next(self) -> int:
        """Number of the shard in flight: damaged ones are written anew in their places."""
        return self._lost[0] if self._lost else max(self._numbers, default=-1) + 1

    def _learn(self, inventory: Inventory) -> None:
        self._numbers = {number for number, _ in inventory.tables}
        self._lost = list(inventory.lost)
        self._images = sum(len(table) for _, table in inventory.tables)
        self._failed = sum(
            status != OK for _, table in inventory.tables for status in table["status"].to_pylist()
        )
        self._has_draft = draft.is_there(self._directory)
        if self._has_draft:
            self._rows = draft.load(self._wanted, self._directory, self._next)
        in_flight = [(self._next, self._rows.table())] if len(self._rows) else []
        self._known = KnownImages([*inventory.tables, *in_flight])

    def _describe(self, *, complete: bool) -> StoreDescription:
        description = dataclasses.replace(
            self._wanted,
            images=self._images,
            failed=self._failed,
            shards=len(self._numbers),
            complete=complete,
            taken_out=() if complete else tuple(self._lost),
        )
        write_description(self._directory, description)
        return description
