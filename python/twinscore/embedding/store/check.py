"""Whether a store is as it was written, and what can be done where it is not."""

from __future__ import annotations

import contextlib
import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from twinscore.embedding.store import draft
from twinscore.embedding.store.description import (
    DTYPES,
    StoreDescription,
    description_of_maker,
    is_store,
    maker_of,
    read_description,
    write_description,
)
from twinscore.embedding.store.lock import store_locked
from twinscore.embedding.store.rows import OK, own_schema
from twinscore.embedding.store.seal import check_seal, has_seal, made_by
from twinscore.embedding.store.shards import Shard, find_shards, lost_numbers, recover

if TYPE_CHECKING:
    import os

    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Damage:
    """Something in a store that is not as it was written.

    Attributes
    ----------
    place
        A file.
    reason
        In a few words.
    """

    place: Path
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


@dataclass(frozen=True, slots=True)
class StoreCheck:
    """What was found in a store.

    Attributes
    ----------
    description
        As store.json has it, or as the shards tell where that is damaged; None where nobody can.
    images, shards
        That are whole.
    damages
        Empty where all is well.
    without_checksums
        Shards that an older version wrote: their form was checked, not every bit.
    """

    description: StoreDescription | None
    images: int
    shards: int
    damages: tuple[Damage, ...]
    without_checksums: int


def damage_of(shard: Shard, description: StoreDescription | None) -> str | None:
    """Say what is wrong with a shard; None where nothing is.

    Parameters
    ----------
    shard
        Both of its files are read whole.
    description
        Of the store; None where that is not known, and any width and dtype is right.
    """
    try:
        table = shard.load_table()
        _check_columns(table)
        _check_vectors(shard, table, description)
        check_seal(table, shard.embeddings)
    except (ValueError, OSError) as error:
        return " ".join(str(error).split())
    return None


def check_store(folder: str | os.PathLike[str]) -> StoreCheck:
    """Read all of a store and compare it with its checksums; nothing is changed.

    Raises
    ------
    FileNotFoundError
        There is no store.
    """
    location = Path(folder)
    shards = find_shards(location) if location.is_dir() else []
    if not shards and not is_store(location):
        raise FileNotFoundError(f"expected an embedding store, but {str(location)!r} is none")
    damages = []
    description = None
    try:
        description = read_description(location)
    except (ValueError, OSError) as error:
        damages.append(Damage(location, " ".join(str(error).split())))
        description = _told_by(shards)
    reasons = {shard: damage_of(shard, description) for shard in shards}
    damages += [
        Damage(shard.metadata, reason) for shard, reason in reasons.items() if reason is not None
    ]
    whole = [shard for shard, reason in reasons.items() if reason is None]
    tables = [shard.load_table() for shard in whole]
    images = sum(map(len, tables))
    if not damages and description is not None and description.complete:
        damages += _miscounted(location, description, images, len(whole))
    unsealed = sum(not has_seal(table) for table in tables)
    return StoreCheck(description, images, len(whole), tuple(damages), unsealed)


def repair_store(folder: str | os.PathLike[str]) -> StoreCheck:
    """Take damaged shards out of a store, so that what is left can be used and filled up again.

    The next `embed` of the same source embeds the images that are missing, in their old places.
    Shards of older versions get checksums.

    Returns
    -------
    StoreCheck
        What was found before.

    Raises
    ------
    FileNotFoundError
        There is no store.
    ValueError
        Nobody can tell what made it: no shard is left that says so.
    BlockingIOError
        Another process writes to the store.
    """
    location = Path(folder)
    before = check_store(location).description
    with contextlib.ExitStack() as resources:
        store_locked(location, resources)
        vanished = lost_numbers(location, before.shards) if before and before.complete else []
        recover(location)
        found = check_store(location)
        if found.description is None:
            raise ValueError(
                f"{location}: expected store.json or a shard that tells what made the store, got "
                "neither: embed into a new folder"
            )
        maker = maker_of(found.description)
        images = failed = kept = 0
        taken_out = {*found.description.taken_out, *vanished}
        for shard in find_shards(location):
            if damage_of(shard, found.description) is not None:
                shard.remove()
                taken_out.add(shard.number)
                continue
            table = shard.load_table()
            if not has_seal(table):
                shard.seal(maker)
            kept += 1
            images += len(table)
            failed += sum(status != OK for status in table["status"].to_pylist())
        if found.damages:
            draft.discard(location)
        write_description(
            location,
            dataclasses.replace(
                found.description,
                images=images,
                failed=failed,
                shards=kept,
                complete=found.description.complete and not found.damages,
                taken_out=tuple(sorted(taken_out)),
            ),
        )
    return found


def _told_by(shards: list[Shard]) -> StoreDescription | None:
    """Return what the first shard that can be read says of the store."""
    for shard in shards:
        with contextlib.suppress(ValueError, OSError):
            maker = made_by(shard.load_table())
            if maker is not None:
                return description_of_maker(maker)
    return None


def _miscounted(
    folder: Path, description: StoreDescription, images: int, shards: int
) -> list[Damage]:
    if (images, shards) == (description.images, description.shards):
        return []
    return [
        Damage(
            folder,
            f"store.json tells of {description.images:,} images in {description.shards:,} shards, "
            f"but there are {images:,} in {shards:,}: a shard is missing",
        )
    ]


def _check_columns(table: pa.Table) -> None:
    for field in own_schema():
        if field.name not in table.column_names:
            raise ValueError(f"expected a column {field.name!r}, got none")
        if table.schema.field(field.name).type != field.type:
            raise ValueError(
                f"expected {field.type} in the column {field.name!r}, "
                f"got {table.schema.field(field.name).type}"
            )
    for identity in table["id"].to_pylist():
        if identity is None or len(identity) != 32 or len(bytes.fromhex(identity)) != 16:
            raise ValueError(f"expected ids of 32 hexadecimal digits, got {identity!r}")
    for name in ("path", "status"):
        if table[name].null_count:
            raise ValueError(f"expected a {name} in every row, got none")


def _check_vectors(shard: Shard, table: pa.Table, description: StoreDescription | None) -> None:
    vectors = shard.load_vectors()
    dtype, width = str(vectors.dtype), vectors.shape[-1] if vectors.ndim else 0
    if description is not None:
        dtype, width = description.dtype, description.dimension
    if (vectors.shape, str(vectors.dtype)) != ((len(table), width), dtype):
        raise ValueError(
            f"{shard.embeddings}: expected {dtype} of shape {(len(table), width)} as its "
            f"metadata and store.json say, got {vectors.dtype} of shape {vectors.shape}"
        )
    if dtype not in DTYPES:
        raise ValueError(f"{shard.embeddings}: expected {' or '.join(DTYPES)}, got {dtype}")
    shard.check_finite(table)
