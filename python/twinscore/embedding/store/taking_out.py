"""Rows that leave a store, because newer ones replace them or their images are gone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.embedding.store.rows import OK
from twinscore.embedding.store.shards import Shard

if TYPE_CHECKING:
    from collections.abc import Iterable

    from twinscore.embedding.store.directory import StoreDirectory
    from twinscore.embedding.store.known import Place


@dataclass(frozen=True, slots=True)
class TakenOut:
    """What left a store.

    Attributes
    ----------
    images, failed
        How many rows, and how many of them had no embedding.
    emptied
        Numbers of shards of which nothing was left: they are gone.
    """

    images: int
    failed: int
    emptied: frozenset[int]


def take_out(directory: StoreDirectory, places: Iterable[Place], made_by: str) -> TakenOut:
    """Take rows out of their shards.

    Parameters
    ----------
    directory
        Of the store.
    places
        Where the rows are; one may be named twice.
    made_by
        What made the store, as JSON.
    """
    rows_of: defaultdict[int, set[int]] = defaultdict(set)
    for number, row in places:
        rows_of[number].add(row)
    images = failed = 0
    emptied = set()
    for number, rows in sorted(rows_of.items()):
        shard = Shard(directory, number)
        vectors, table = shard.load_vectors(), shard.load_table()
        kept = np.delete(np.arange(len(table)), sorted(rows))
        statuses = table["status"].to_pylist()
        images += len(rows)
        failed += sum(statuses[row] != OK for row in rows)
        if len(kept):
            shard.replace(vectors[kept], table.take(kept), made_by)
        else:
            shard.remove()
            emptied.add(number)
    return TakenOut(images, failed, frozenset(emptied))
