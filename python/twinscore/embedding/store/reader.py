"""Read a store, and the layout that other image-embedding tools write."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.base.logs import logger_of
from twinscore.base.scratch import scratch_matrix
from twinscore.embedding.records import Embeddings, Skipped
from twinscore.embedding.store.check import damage_of
from twinscore.embedding.store.description import how_to_mend, read_description
from twinscore.embedding.store.rows import (
    FACT_COLUMNS,
    FURTHER_PREFIX,
    OK,
    OWN_COLUMNS,
    PIXEL_FACT_COLUMNS,
)
from twinscore.embedding.store.shards import Shard, find_shards
from twinscore.images.records import ImageFacts

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    import numpy.typing as npt
    import pyarrow as pa

    from twinscore.embedding.store.description import StoreDescription

_log = logger_of(__name__)


def load_store(folder: str | os.PathLike[str], *, on_disk: bool = False) -> Embeddings:
    """Load a store for scoring.

    Vectors keep the dtype of the store. Those of a store of one shard without failures stay on
    disk and are mapped into memory; those of others are copied into one array, shard by shard.

    Parameters
    ----------
    folder
        A store as `twinscore embed` makes it.
    on_disk
        What would be copied into memory goes to a temporary file instead.

    Returns
    -------
    Embeddings
        In the order of the store; images without an embedding are in ``skipped``.

    Raises
    ------
    FileNotFoundError
        There is no store.
    ValueError
        A file is missing or damaged, files do not belong together, or a vector is not finite;
        the message names the file.
    """
    location = Path(folder)
    description = read_description(location)
    if not description.complete:
        _log.warning(
            "the store %s is not complete: the run that fills it was stopped or is under way",
            location,
        )
    shards = find_shards(location)
    _check_counts(shards, description, location)
    table = _load_rows(shards, location, description)
    statuses = np.array(table["status"].to_pylist(), dtype=object)
    is_ok = (statuses == OK) & _is_latest(table, description)
    failed = np.flatnonzero((statuses != OK) & _is_latest(table, description))
    paths = table["path"].to_pylist()
    kept = table.filter(is_ok)
    names = tuple(kept["path"].to_pylist())
    return Embeddings(
        vectors=_load_vectors(shards, description, is_ok, on_disk=on_disk),
        names=names,
        groups=_groups(kept, np.flatnonzero(is_ok)),
        skipped=tuple(Skipped(paths[row], statuses[row]) for row in failed.tolist()),
        model=description.model,
        preprocessing=description.preprocessing,
        columns={
            name.removeprefix(FURTHER_PREFIX): tuple(kept[name].to_pylist())
            for name in kept.column_names
            if name not in OWN_COLUMNS and name not in PIXEL_FACT_COLUMNS
        },
        facts=_facts(kept),
        pixel_facts=_pixel_facts(kept),
    )


def mapped_store(
    folder: str | os.PathLike[str],
) -> tuple[tuple[npt.NDArray[Any], ...], npt.NDArray[np.int64] | None]:
    """Map the vectors of a store, so that they may be read part by part.

    Returns
    -------
    parts
        The vectors of every shard, read-only.
    chosen
        Shape (n,), ascending: the rows that `load_store` would give; None for all.

    Raises
    ------
    FileNotFoundError, ValueError
        As `load_store`.
    """
    location = Path(folder)
    description = read_description(location)
    shards = find_shards(location)
    _check_counts(shards, description, location)
    table = _load_rows(shards, location, description)
    statuses = np.array(table["status"].to_pylist(), dtype=object)
    kept = (statuses == OK) & _is_latest(table, description)
    parts = tuple(shard.load_vectors() for shard in shards)
    return parts, None if kept.all() else np.flatnonzero(kept)


def _load_rows(shards: list[Shard], folder: Path, description: StoreDescription) -> pa.Table:
    import pyarrow as pa

    if not shards:
        raise ValueError(f"the store {folder} holds no shard yet")
    return pa.concat_tables(
        [_checked_table(shard, description) for shard in shards], promote_options="default"
    )


def _checked_table(shard: Shard, description: StoreDescription) -> pa.Table:
    reason = damage_of(shard, description)
    if reason is not None:
        raise ValueError(f"{shard.metadata}: {reason}; {how_to_mend(shard.folder)}")
    return shard.load_table()


def _is_latest(table: pa.Table, description: StoreDescription) -> npt.NDArray[np.bool_]:
    """Pass over rows that newer ones replace: only a run that was stopped leaves any."""
    latest = np.ones(len(table), dtype=bool)
    if not description.complete:
        ids = np.array(table["id"].to_pylist())[::-1]
        _, first = np.unique(ids, return_index=True)
        latest[:] = False
        latest[len(table) - 1 - first] = True
    return latest


def _load_vectors(
    shards: list[Shard],
    description: StoreDescription,
    kept: npt.NDArray[np.bool_],
    *,
    on_disk: bool,
) -> npt.NDArray[Any]:
    if len(shards) == 1 and kept.all():
        (vectors,) = _kept_parts(shards, kept)
        return vectors
    shape = int(kept.sum()), description.dimension
    make = scratch_matrix if on_disk else np.empty
    matrix: npt.NDArray[Any] = make(shape, description.dtype)
    filled = 0
    for part in _kept_parts(shards, kept):
        matrix[filled : filled + len(part)] = part
        filled += len(part)
    return matrix


def _kept_parts(shards: list[Shard], kept: npt.NDArray[np.bool_]) -> Iterator[npt.NDArray[Any]]:
    """Give the kept rows of each shard, whose form and values were looked at."""
    start = 0
    for shard in shards:
        vectors = shard.load_vectors()
        mask = kept[start : start + len(vectors)]
        start += len(vectors)
        yield vectors if mask.all() else vectors[mask]


def _check_counts(shards: list[Shard], description: StoreDescription, folder: Path) -> None:
    if description.complete and len(shards) != description.shards:
        raise ValueError(
            f"the store {folder} had {description.shards:,} shards and has {len(shards):,}: "
            f"{how_to_mend(folder)}"
        )


def _groups(table: pa.Table, rows: npt.NDArray[np.intp]) -> tuple[str, ...] | None:
    groups = table["group"].to_pylist()
    if not any(group is not None for group in groups):
        return None
    # Named as they are where images are scored without a store.
    return tuple(
        f"image {row}" if group is None else group
        for row, group in zip(rows.tolist(), groups, strict=True)
    )


def _facts(table: pa.Table) -> tuple[ImageFacts | None, ...] | None:
    # A million images have a handful of different facts, but for the sizes of their files.
    distinct: dict[tuple[Any, ...], ImageFacts | None] = {}
    facts = []
    known = [
        # Stores made before a column was kept have none of it.
        table[name].to_pylist() if name in table.column_names else [None] * len(table)
        for name in FACT_COLUMNS
    ]
    for values in zip(*known, strict=True):
        if values not in distinct:
            distinct[values] = None if values[0] is None else ImageFacts(*values)
        facts.append(distinct[values])
    return None if distinct.keys() <= {(None,) * len(FACT_COLUMNS)} else tuple(facts)


def _pixel_facts(table: pa.Table) -> npt.NDArray[np.float32] | None:
    """Return what the pixels tell; shards made before it was kept have none of it."""
    values = np.full((len(table), len(PIXEL_FACT_COLUMNS)), np.nan, dtype=np.float32)
    for place, name in enumerate(PIXEL_FACT_COLUMNS):
        if name in table.column_names:
            values[:, place] = table[name].to_numpy(zero_copy_only=False)
    return None if np.isnan(values).all() else values
