"""Read a store, and the layout that other image-embedding tools write."""

from __future__ import annotations

import functools
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.base.logs import logger_of
from twinscore.base.scratch import scratch_matrix
from twinscore.embedding.records import Embeddings, Skipped
from twinscore.embedding.store.description import how_to_mend, read_description
from twinscore.embedding.store.directory import UnreachableError
from twinscore.embedding.store.examination import checked_rows
from twinscore.embedding.store.opening import directory_of
from twinscore.embedding.store.rows import (
    FACT_COLUMNS,
    FURTHER_PREFIX,
    OK,
    OWN_COLUMNS,
    PIXEL_FACT_COLUMNS,
)
from twinscore.embedding.store.shards import Shard, find_shards
from twinscore.embedding.store.vector_blocks import VectorBlocks
from twinscore.embedding.store.view_columns import VIEW_COLUMNS, is_whole_image
from twinscore.images.records import ImageFacts

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt
    import pyarrow as pa

    from twinscore.embedding.store.description import StoreDescription
    from twinscore.embedding.store.directory import StoreDirectory
    from twinscore.embedding.store.opening import Location

_log = logger_of(__name__)


def load_store(location: Location, *, on_disk: bool = False) -> Embeddings:
    """Load a store for scoring.

    Vectors keep the dtype of the store. Those of a store of one shard without failures on a disk
    of this machine stay there and are mapped into memory; those of others are copied into one
    array, some megabytes at a time.

    Parameters
    ----------
    location
        A store as `twinscore embed` makes it: a folder, or the URL of a place in object storage.
    on_disk
        What would be copied into memory goes to a temporary file instead.

    Returns
    -------
    Embeddings
        In the order of the store; images without an embedding are in ``skipped``. Of a store
        with objects, its whole images.

    Raises
    ------
    FileNotFoundError
        There is no store.
    ValueError
        A file is missing or damaged, files do not belong together, or a vector is not finite;
        the message names the file.
    OSError
        What holds the store does not answer, or does not let in.
    """
    store = OpenedStore(location)
    return store.embeddings(is_whole_image(store.rows), on_disk=on_disk)


def mapped_store(
    location: Location,
) -> tuple[tuple[npt.NDArray[Any], ...], npt.NDArray[np.int64] | None]:
    """Map the vectors of a store, so that they may be read part by part.

    Those of a store far away are brought to a temporary file.

    Returns
    -------
    parts
        The vectors of every shard, read-only.
    chosen
        Shape (n,), ascending: the rows that `load_store` would give; None for all.

    Raises
    ------
    FileNotFoundError, ValueError, OSError
        As `load_store`.
    """
    store = OpenedStore(location)
    kept = (store.statuses == OK) & store.is_latest & is_whole_image(store.rows)
    parts = store.map_parts()
    if parts is None:
        return (store.load_vectors(kept, on_disk=True),), None
    return parts, None if kept.all() else np.flatnonzero(kept)


class OpenedStore:
    """A store whose rows were read and are those that were written."""

    def __init__(self, location: Location) -> None:
        self.directory = directory_of(location)
        self.description = read_description(self.directory)
        self._shards = find_shards(self.directory)
        _check_counts(self._shards, self.description, self.directory)
        self._tables = [self._rows_of(shard) for shard in self._shards]

    @functools.cached_property
    def rows(self) -> pa.Table:
        """All rows, in order."""
        import pyarrow as pa

        if not self._tables:
            raise ValueError(f"the store {self.directory} holds no shard yet")
        return pa.concat_tables(self._tables, promote_options="default")

    @property
    def further_columns(self) -> dict[str, str]:
        """Columns of the source: what the store calls them, by their names."""
        own = {*OWN_COLUMNS, *PIXEL_FACT_COLUMNS, *VIEW_COLUMNS}
        named = (name for name in self.rows.column_names if name not in own)
        return {name.removeprefix(FURTHER_PREFIX): name for name in named}

    @functools.cached_property
    def statuses(self) -> npt.NDArray[np.object_]:
        """Of every row."""
        return np.array(self.rows["status"].to_pylist(), dtype=object)

    @functools.cached_property
    def is_latest(self) -> npt.NDArray[np.bool_]:
        """Whether no newer row replaces one: only a run that was stopped leaves any."""
        latest = np.ones(len(self.rows), dtype=bool)
        if not self.description.complete:
            ids = np.array(self.rows["id"].to_pylist())[::-1]
            _, first = np.unique(ids, return_index=True)
            latest[:] = False
            latest[len(ids) - 1 - first] = True
        return latest

    def embeddings(self, chosen: npt.NDArray[np.bool_], *, on_disk: bool) -> Embeddings:
        """Return some of the rows, less those that newer ones replace.

        Parameters
        ----------
        chosen
            Shape (number of rows,).
        on_disk
            See `load_store`.
        """
        if not self.description.complete:
            _log.warning(
                "the store %s is not complete: the run that fills it was stopped or is under way",
                self.directory,
            )
        chosen = chosen & self.is_latest
        is_ok = (self.statuses == OK) & chosen
        failed = self.rows.filter((self.statuses != OK) & chosen)
        pairs = zip(failed["path"].to_pylist(), failed["status"].to_pylist(), strict=True)
        kept = self.rows.filter(is_ok)
        return Embeddings(
            vectors=self.load_vectors(is_ok, on_disk=on_disk),
            names=tuple(kept["path"].to_pylist()),
            groups=_groups(kept, np.flatnonzero(is_ok)),
            skipped=tuple(Skipped(path, status) for path, status in pairs),
            model=self.description.model,
            preprocessing=self.description.preprocessing,
            columns=self._columns_of(kept),
            facts=_facts(kept),
            pixel_facts=_pixel_facts(kept),
        )

    def _columns_of(self, kept: pa.Table) -> dict[str, tuple[str | None, ...]]:
        columns = {
            name: tuple(kept[stored].to_pylist()) for name, stored in self.further_columns.items()
        }
        if self.description.views is None:
            return columns
        # What objects have, images lack.
        return {name: values for name, values in columns.items() if any(values)}

    def load_vectors(self, kept: npt.NDArray[np.bool_], *, on_disk: bool) -> npt.NDArray[Any]:
        """Bring together the rows that are kept, in memory or in a temporary file."""
        if len(self._shards) == 1 and kept.all():
            mapped = self.map_parts()
            if mapped is not None:
                return mapped[0]
        shape = int(kept.sum()), self.description.dimension
        make = scratch_matrix if on_disk else np.empty
        matrix: npt.NDArray[Any] = make(shape, self.description.dtype)
        start = filled = 0
        for shard, table in zip(self._shards, self._tables, strict=True):
            for block in self._blocks_of(shard, table):
                mask = kept[start : start + len(block)]
                start += len(block)
                end = filled + int(mask.sum())
                matrix[filled:end] = block if mask.all() else block[mask]
                filled = end
        return matrix

    def map_parts(self) -> tuple[npt.NDArray[Any], ...] | None:
        """Map the vectors of every shard once they were looked at; None where they are far away."""
        parts = []
        for shard, table in zip(self._shards, self._tables, strict=True):
            mapped = self._mapped(shard)
            if mapped is None:
                return None
            for _ in self._blocks_of(shard, table):
                pass
            parts.append(mapped)
        return tuple(parts)

    def _rows_of(self, shard: Shard) -> pa.Table:
        with self._naming(shard):
            return checked_rows(shard)

    def _blocks_of(self, shard: Shard, table: pa.Table) -> Iterator[npt.NDArray[Any]]:
        with self._naming(shard):
            yield from VectorBlocks(shard, table, self.description)

    def _mapped(self, shard: Shard) -> npt.NDArray[Any] | None:
        with self._naming(shard):
            return self.directory.map_npy(shard.embeddings)

    @contextmanager
    def _naming(self, shard: Shard) -> Iterator[None]:
        """Name the shard in what is wrong with it, and say how it is mended."""
        try:
            yield
        except UnreachableError:
            raise
        except (ValueError, OSError) as error:
            reason = " ".join(str(error).split())
            message = f"{shard.place}: {reason}; {how_to_mend(self.directory)}"
            raise ValueError(message) from error


def _check_counts(
    shards: list[Shard], description: StoreDescription, directory: StoreDirectory
) -> None:
    if description.complete and len(shards) != description.shards:
        raise ValueError(
            f"the store {directory} had {description.shards:,} shards and has {len(shards):,}: "
            f"{how_to_mend(directory)}"
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
