"""Whether a shard is as it was written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twinscore.embedding.store.directory import UnreachableError
from twinscore.embedding.store.rows import own_schema
from twinscore.embedding.store.seal import check_rows
from twinscore.embedding.store.vector_blocks import VectorBlocks

if TYPE_CHECKING:
    import pyarrow as pa

    from twinscore.embedding.store.description import StoreDescription
    from twinscore.embedding.store.shards import Shard


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found in the files of a shard.

    Attributes
    ----------
    damage
        What is wrong, in a few words; None where nothing is, and the others mean something.
    rows
        The metadata.
    embeddings_sha256
        Of the file of the vectors.
    """

    damage: str | None
    rows: pa.Table
    embeddings_sha256: str


def examine(shard: Shard, description: StoreDescription | None) -> Examined:
    """Read both files of a shard whole, and say what is wrong.

    Parameters
    ----------
    shard
        It need not be whole.
    description
        Of the store; None where that is not known, and any width and dtype is right.

    Raises
    ------
    UnreachableError
        What holds the store does not answer.
    """
    try:
        rows = checked_rows(shard)
        blocks = VectorBlocks(shard, rows, description)
        for _ in blocks:
            pass
    except UnreachableError:
        raise
    except (ValueError, OSError) as error:
        return Examined(" ".join(str(error).split()), None, "")
    return Examined(None, rows, blocks.sha256)


def checked_rows(shard: Shard) -> pa.Table:
    """Read the rows of a shard, and compare them with their checksum.

    Raises
    ------
    ValueError
        They are missing or damaged.
    UnreachableError
        What holds the store does not answer.
    """
    rows = shard.load_table()
    for field in own_schema():
        if field.name not in rows.column_names:
            raise ValueError(f"expected a column {field.name!r}, got none")
        if rows.schema.field(field.name).type != field.type:
            raise ValueError(
                f"expected {field.type} in the column {field.name!r}, "
                f"got {rows.schema.field(field.name).type}"
            )
    for identity in rows["id"].to_pylist():
        if identity is None or len(identity) != 32 or len(bytes.fromhex(identity)) != 16:
            raise ValueError(f"expected ids of 32 hexadecimal digits, got {identity!r}")
    for name in ("path", "status"):
        if rows[name].null_count:
            raise ValueError(f"expected a {name} in every row, got none")
    check_rows(rows)
    return rows
