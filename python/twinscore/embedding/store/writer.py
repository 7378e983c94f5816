"""Fill a store shard by shard; what was finished stays, whatever happens."""

from __future__ import annotations

import contextlib
import dataclasses
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from twinscore.base.interruption import interrupts_postponed
from twinscore.base.logs import logger_of
from twinscore.embedding.store import draft
from twinscore.embedding.store.check import damage_of
from twinscore.embedding.store.description import (
    DESCRIPTION_FILE,
    StoreDescription,
    is_store,
    maker_of,
    read_description,
    write_description,
)
from twinscore.embedding.store.known import COLUMNS, Knowledge, KnownImages
from twinscore.embedding.store.lock import LOCK_FILE, store_locked
from twinscore.embedding.store.rows import OK, ShardRows, image_id, make_row
from twinscore.embedding.store.shards import Shard, find_shards, lost_numbers, recover

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator, Sequence
    from types import TracebackType

    from twinscore.embedding.records import EmbeddedImage
    from twinscore.embedding.store.known import Place
    from twinscore.images.records import ContentStamp, ImageItem

_logger = logger_of(__name__)


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
    folder
        Made if it does not exist.
    description
        What makes the embeddings; counts in it are not looked at.
    retry_failed
        Embed images again that had no embedding, although they did not change.

    Raises
    ------
    ValueError
        The folder holds something else, or a store made with another model or other options.
    BlockingIOError
        Another process writes to this store.
    OSError
        The folder cannot be written.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        description: StoreDescription,
        *,
        retry_failed: bool = False,
    ) -> None:
        self.folder = Path(folder)
        self._wanted = description
        self._retry_failed = retry_failed
        self._resources = contextlib.ExitStack()
        self._rows = ShardRows()
        self._met: set[bytes] = set()
        self._superseded: list[Place] = []
        self._lost: list[int] = []
        self._end = 0
        self._images = self._failed = 0

    def __enter__(self) -> Self:
        """Lock the store, mend what a killed writer left, and see what is there."""
        check_usable(self.folder, self._wanted)
        with naming_store(self.folder), contextlib.ExitStack() as resources:
            self.folder.mkdir(parents=True, exist_ok=True)
            store_locked(self.folder, resources)
            # Another writer may have come and gone since the first look.
            check_usable(self.folder, self._wanted)
            self._lost = self._find_lost()
            recover(self.folder)
            shards = self._whole_shards()
            self._rows = draft.load(self._wanted, self.folder, self._next)
            self._learn(shards)
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
                    draft.save(self._rows, self._wanted, self.folder, self._next)

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
        identity = image_id(item)
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

    def finish(self, *, prune: bool = False) -> StoreDescription:
        """Write what is left, and take out the rows that newer ones replace.

        Parameters
        ----------
        prune
            Take out the images as well that the source no longer has.

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
        with naming_store(self.folder):
            for number in self._lost:
                Shard(self.folder, number).remove()
            self._take_out(places)
            return self._describe(complete=True)

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
        shard = Shard(self.folder, self._next)
        matrix = self._rows.matrix(self._wanted.dimension, self._wanted.dtype)
        with naming_store(self.folder):
            shard.commit(matrix, self._rows.table(), maker_of(self._wanted))
            self._images += len(self._rows)
            self._failed += self._rows.failed
            self._rows = ShardRows()
            if shard.number in self._lost:
                self._lost.remove(shard.number)
            else:
                self._end += 1
            draft.discard(self.folder)
            self._describe(complete=False)

    @property
    def _next(self) -> int:
        """Number of the shard in flight: damaged ones are written anew in their places."""
        return self._lost[0] if self._lost else self._end

    def _find_lost(self) -> list[int]:
        """Find shards that were taken out, or vanished since the last run was complete."""
        if not is_store(self.folder):
            return []
        before = read_description(self.folder)
        vanished = lost_numbers(self.folder, before.shards) if before.complete else []
        there = {shard.number for shard in find_shards(self.folder)}
        return sorted({*vanished, *before.taken_out} - there)

    def _whole_shards(self) -> list[Shard]:
        """Look at every shard, and give those up that are damaged."""
        shards = find_shards(self.folder)
        self._end = shards[-1].number + 1 if shards else 0
        whole = []
        for shard in shards:
            reason = damage_of(shard, self._wanted)
            if reason is None:
                whole.append(shard)
                continue
            _logger.warning("%s: %s; its images are embedded again", shard.metadata, reason)
            self._lost.append(shard.number)
        self._lost = sorted(set(self._lost))
        self._end = max([self._end, *(number + 1 for number in self._lost)])
        return whole

    def _learn(self, shards: list[Shard]) -> None:
        tables = [(shard.number, shard.load_table(COLUMNS)) for shard in shards]
        self._images = sum(len(table) for _, table in tables)
        self._failed = sum(
            status != OK for _, table in tables for status in table["status"].to_pylist()
        )
        if len(self._rows):
            tables.append((self._next, self._rows.table()))
        self._known = KnownImages(tables)

    def _describe(self, *, complete: bool) -> StoreDescription:
        description = dataclasses.replace(
            self._wanted,
            images=self._images,
            failed=self._failed,
            shards=len(find_shards(self.folder)),
            complete=complete,
            taken_out=() if complete else tuple(self._lost),
        )
        write_description(self.folder, description)
        return description

    def _take_out(self, places: list[Place]) -> None:
        rows_of: defaultdict[int, list[int]] = defaultdict(list)
        for number, row in places:
            rows_of[number].append(row)
        for number, rows in sorted(rows_of.items()):
            shard = Shard(self.folder, number)
            vectors, table = shard.load_vectors(), shard.load_table()
            kept = np.delete(np.arange(len(table)), rows)
            statuses = table["status"].to_pylist()
            self._images -= len(table) - len(kept)
            self._failed -= sum(statuses[row] != OK for row in set(rows))
            if len(kept):
                shard.commit(vectors[kept], table.take(kept), maker_of(self._wanted))
            else:
                shard.remove()


def check_usable(folder: Path, description: StoreDescription) -> None:
    """Refuse a folder that is no place for embeddings of this kind; nothing is written.

    Raises
    ------
    ValueError
        As `StoreWriter`.
    """
    if is_store(folder):
        description.check_continues(read_description(folder), folder)
        return
    if not folder.exists():
        return
    if not folder.is_dir():
        raise ValueError(f"expected a folder for the store, got the file {folder}")
    others = [path.name for path in folder.iterdir() if path.name not in _OF_AN_EMPTY_STORE]
    if others:
        raise ValueError(
            f"expected an empty folder or a store, but {folder} holds other files such as "
            f"{min(others)!r}: choose a new folder"
        )


_OF_AN_EMPTY_STORE = (LOCK_FILE, f".{DESCRIPTION_FILE}.partial")


@contextlib.contextmanager
def naming_store(folder: Path) -> Iterator[None]:
    """Name the store in errors of the disk, and say that what was finished is kept."""
    try:
        yield
    except BlockingIOError:
        raise
    except OSError as error:
        reason = error.strerror or str(error)
        raise OSError(
            error.errno,
            f"cannot write to the store {folder}: {reason}; finished shards are kept, "
            "and the same command goes on from there",
        ) from error
