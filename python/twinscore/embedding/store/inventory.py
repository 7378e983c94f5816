"""What a writer finds in the place of a store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twinscore.base.logs import logger_of
from twinscore.embedding.store.description import DESCRIPTION_FILE, is_store, read_description
from twinscore.embedding.store.directory import LOCK_FILE
from twinscore.embedding.store.examination import examine
from twinscore.embedding.store.known import COLUMNS
from twinscore.embedding.store.shards import find_shards, lost_numbers

if TYPE_CHECKING:
    import pyarrow as pa

    from twinscore.embedding.store.description import StoreDescription
    from twinscore.embedding.store.directory import StoreDirectory

_OF_AN_EMPTY_STORE = (LOCK_FILE, f".{DESCRIPTION_FILE}.partial")

_logger = logger_of(__name__)


@dataclass(frozen=True, slots=True)
class Inventory:
    """The shards of a store.

    Attributes
    ----------
    tables
        Number of each whole shard and its table with `COLUMNS`, in order.
    lost
        Numbers of those that are damaged or gone, in order.
    """

    tables: tuple[tuple[int, pa.Table], ...]
    lost: tuple[int, ...]


def check_usable(directory: StoreDirectory, wanted: StoreDescription) -> None:
    """Refuse a place that is none for embeddings of this kind; nothing is written.

    Raises
    ------
    ValueError
        As `StoreWriter`.
    """
    if is_store(directory):
        wanted.check_continues(read_description(directory), str(directory))
        return
    others = [name for name in directory.names() if name not in _OF_AN_EMPTY_STORE]
    if others:
        raise ValueError(
            f"expected an empty folder or a store, but {directory} holds other files such as "
            f"{min(others)!r}: choose a new folder"
        )


def find_lost(directory: StoreDirectory) -> list[int]:
    """Find shards that were taken out, or vanished since the last run was complete.

    To be asked before anything is mended: what is left of a shard tells that there was one.
    """
    if not is_store(directory):
        return []
    before = read_description(directory)
    vanished = lost_numbers(directory, before.shards) if before.complete else []
    there = {shard.number for shard in find_shards(directory)}
    return sorted({*vanished, *before.taken_out} - there)


def take_inventory(
    directory: StoreDirectory, wanted: StoreDescription, gone: list[int]
) -> Inventory:
    """Read every shard, and give those up that are damaged.

    Parameters
    ----------
    directory
        In which a killed writer left nothing to be mended.
    wanted
        What made the store.
    gone
        Numbers of shards that are known to be gone.
    """
    tables = []
    lost = set(gone)
    for shard in find_shards(directory):
        examined = examine(shard, wanted)
        if examined.damage is None:
            tables.append((shard.number, examined.rows.select(COLUMNS)))
            continue
        _logger.warning("%s: %s; its images are embedded again", shard.place, examined.damage)
        lost.add(shard.number)
    return Inventory(tuple(tables), tuple(sorted(lost)))
