"""Whether a store is as it was written, and what can be done where it is not."""

from __future__ import annotations

import contextlib
import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twinscore.embedding.store import draft
from twinscore.embedding.store.description import (
    StoreDescription,
    description_of_maker,
    is_store,
    maker_of,
    read_description,
    write_description,
)
from twinscore.embedding.store.directory import UnreachableError, naming_store
from twinscore.embedding.store.examination import examine
from twinscore.embedding.store.opening import directory_of
from twinscore.embedding.store.rows import OK
from twinscore.embedding.store.seal import has_seal, made_by
from twinscore.embedding.store.shards import Shard, find_shards, lost_numbers, recover

if TYPE_CHECKING:
    from twinscore.embedding.store.opening import Location


@dataclass(frozen=True, slots=True)
class Damage:
    """Something in a store that is not as it was written.

    Attributes
    ----------
    place
        Path or URL of a file.
    reason
        In a few words.
    """

    place: str
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


def check_store(location: Location) -> StoreCheck:
    """Read all of a store and compare it with its checksums; nothing is changed.

    Parameters
    ----------
    location
        Path or URL.

    Raises
    ------
    FileNotFoundError
        There is no store.
    UnreachableError
        What holds it does not answer.
    """
    directory = directory_of(location)
    is_there = is_store(directory)
    shards = find_shards(directory)
    if not shards and not is_there:
        raise FileNotFoundError(f"expected an embedding store, but {str(directory)!r} is none")
    damages = []
    description = None
    try:
        description = read_description(directory)
    except UnreachableError:
        raise
    except (ValueError, OSError) as error:
        damages.append(Damage(str(directory), " ".join(str(error).split())))
        description = _told_by(shards)
    images = whole = unsealed = 0
    for shard in shards:
        examined = examine(shard, description)
        if examined.damage is not None:
            damages.append(Damage(shard.place, examined.damage))
            continue
        whole += 1
        images += len(examined.rows)
        unsealed += not has_seal(examined.rows)
    if not damages and description is not None and description.complete:
        damages += _miscounted(str(directory), description, images, whole)
    return StoreCheck(description, images, whole, tuple(damages), unsealed)


def repair_store(location: Location) -> StoreCheck:
    """Take damaged shards out of a store, so that what is left can be used and filled up again.

    The next `embed` of the same source embeds the images that are missing, in their old places.
    Shards of older versions get checksums.

    Parameters
    ----------
    location
        Path or URL.

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
    directory = directory_of(location)
    before = check_store(directory).description
    with naming_store(directory), directory.locked():
        vanished = lost_numbers(directory, before.shards) if before and before.complete else []
        recover(directory)
        found = check_store(directory)
        if found.description is None:
            raise ValueError(
                f"{directory}: expected store.json or a shard that tells what made the store, got "
                "neither: embed into a new folder"
            )
        maker = maker_of(found.description)
        images = failed = kept = 0
        taken_out = {*found.description.taken_out, *vanished}
        for shard in find_shards(directory):
            examined = examine(shard, found.description)
            if examined.damage is not None:
                shard.remove()
                taken_out.add(shard.number)
                continue
            table = examined.rows
            if not has_seal(table):
                shard.seal(maker, examined.embeddings_sha256)
            kept += 1
            images += len(table)
            failed += sum(status != OK for status in table["status"].to_pylist())
        if found.damages:
            draft.discard(directory)
        write_description(
            directory,
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
    store: str, description: StoreDescription, images: int, shards: int
) -> list[Damage]:
    if (images, shards) == (description.images, description.shards):
        return []
    return [
        Damage(
            store,
            f"store.json tells of {description.images:,} images in {description.shards:,} shards, "
            f"but there are {images:,} in {shards:,}: a shard is missing",
        )
    ]
