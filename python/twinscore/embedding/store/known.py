"""Which images a store holds already, and whether they changed since."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.embedding.store.rows import OK, STAMP_COLUMNS
from twinscore.images.content import is_same_content
from twinscore.images.records import ContentStamp

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt
    import pyarrow as pa

Place = tuple[int, int]
"""Number of a shard, and row in it."""

COLUMNS = ["id", *STAMP_COLUMNS, "status"]

_NONE = -1


class Knowledge(Enum):
    """What a store knows of an image."""

    NEW = "new"
    SAME = "same"
    CHANGED = "changed"
    REPEATED = "repeated"
    """This run met it before."""
    FAILED = "failed"
    """It has not changed, and had no embedding."""


class KnownImages:
    """The images of a store by id, about 50 bytes each, 110 with digests.

    Of an id that occurs twice the last row counts; the places of the others are `superseded`.
    A writer leaves such rows only where it was killed.

    Parameters
    ----------
    tables
        Number of each shard and its table with `COLUMNS`, in order.
    """

    def __init__(self, tables: Iterable[tuple[int, pa.Table]]) -> None:
        parts = [_part(number, table) for number, table in tables]
        rows = np.concatenate([np.empty(0, _ROW), *(part for part, _ in parts)])
        digests = np.concatenate([np.empty(0, "S64"), *(digests for _, digests in parts)])
        order = np.argsort(rows["id"], kind="stable")
        rows = rows[order]
        is_last = np.ones(len(rows), dtype=bool)
        is_last[:-1] = rows["id"][1:] != rows["id"][:-1]
        self.superseded: list[Place] = [_place(row) for row in rows[~is_last]]
        self._rows = rows[is_last]
        self._ids = np.ascontiguousarray(self._rows["id"])
        self._digests = digests[order][is_last] if any(digests != b"") else None
        self._met = np.zeros(len(self._rows), dtype=bool)

    def __len__(self) -> int:
        return len(self._rows)

    def find(self, identity: str) -> int | None:
        """Return the index of an image by its id, None where it is not known; and note it."""
        key = np.bytes_(bytes.fromhex(identity).rstrip(b"\0"))
        index = int(np.searchsorted(self._ids, key))
        if index == len(self._ids) or self._ids[index] != key:
            return None
        self._met[index] = True
        return index

    def judge(self, index: int, stamp: ContentStamp) -> Knowledge:
        """Tell whether an image is as it was when it was embedded.

        A file that is gone has not changed: its embedding is still that of the image.
        """
        if stamp != ContentStamp() and not is_same_content(self._stamp(index), stamp):
            return Knowledge.CHANGED
        return Knowledge.SAME if self._rows[index]["is_ok"] else Knowledge.FAILED

    def place(self, index: int) -> Place:
        """Return where an image is."""
        return _place(self._rows[index])

    def not_met(self) -> list[Place]:
        """Return the places of all images that `find` was not asked for."""
        return [_place(row) for row in self._rows[~self._met]]

    def _stamp(self, index: int) -> ContentStamp:
        row = self._rows[index]
        size, modified = (None if row[key] == _NONE else int(row[key]) for key in _TIMES)
        digest = b"" if self._digests is None else self._digests[index]
        return ContentStamp(size, modified, digest.decode() or None)


_TIMES = ("size", "modified")
_ROW = np.dtype(
    [
        ("id", "S16"),
        ("size", np.int64),
        ("modified", np.int64),
        ("is_ok", np.bool_),
        ("shard", np.int32),
        ("row", np.int32),
    ]
)


def _part(number: int, table: pa.Table) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    rows = np.empty(len(table), _ROW)
    rows["id"] = [bytes.fromhex(identity) for identity in table["id"].to_pylist()]
    for name in _TIMES:
        rows[name] = table[name].fill_null(_NONE).to_numpy()
    rows["is_ok"] = [status == OK for status in table["status"].to_pylist()]
    rows["shard"] = number
    rows["row"] = np.arange(len(table))
    digests = np.array([digest or "" for digest in table["sha256"].to_pylist()], dtype="S64")
    return rows, digests


def _place(row: Any) -> Place:
    return int(row["shard"]), int(row["row"])
