"""Rows of a shard while it is being filled, and the columns of its metadata."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.images.facts.catalog import FACT_NAMES

if TYPE_CHECKING:
    import numpy.typing as npt
    import pyarrow as pa

    from twinscore.embedding.records import EmbeddedImage
    from twinscore.images.records import ImageItem

OK = "ok"
OUT_OF_RANGE = "embedding is out of the range of float16"

FACT_COLUMNS = ("format", "width", "height", "mode", "quality", "file_size")
STAMP_COLUMNS = ("size", "modified", "sha256")
PIXEL_FACT_PREFIX = "pixels."
PIXEL_FACT_COLUMNS = tuple(PIXEL_FACT_PREFIX + name for name in FACT_NAMES)
FURTHER_PREFIX = "source."
"""Before the name of a column of the source that would else be one of the store's own."""

OWN_COLUMNS = ("id", "path", "group", *FACT_COLUMNS, *STAMP_COLUMNS, "status")
"""Columns that the store has had from its first version on."""


def image_id(item: ImageItem) -> str:
    """Return the id of an image: 32 hexadecimal digits.

    It depends on the absolute path of a file, so that no other spelling of the folder makes it
    another image; on that of the archive, clip or table that holds it, and its name there; and on
    the name of what is in memory or far away.
    """
    return id_of(identity_of(item))


def id_of(identity: str) -> str:
    """Return the id that the text of `identity_of` stands for."""
    encoded = identity.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(encoded, digest_size=16).hexdigest()


def identity_of(item: ImageItem) -> str:
    """Return the text whose digest is the id of an image."""
    if item.identity is not None:
        return item.identity
    if isinstance(item.content, Path | str):
        return str(Path(item.content).absolute())
    if item.origin is None:
        return item.name
    return f"{item.origin.file.absolute()}/{item.origin.within}"


def stored_name(column: str) -> str:
    """Return what the store calls a column of the source."""
    is_taken = (
        column in OWN_COLUMNS or column in PIXEL_FACT_COLUMNS or column.startswith(FURTHER_PREFIX)
    )
    return FURTHER_PREFIX + column if is_taken else column


def own_schema() -> pa.Schema:
    """Return the columns that every store has."""
    import pyarrow as pa

    text, small, large = pa.string(), pa.int32(), pa.int64()
    kinds = {
        **dict.fromkeys(OWN_COLUMNS, text),
        **dict.fromkeys(("width", "height", "quality"), small),
        **dict.fromkeys(("size", "modified", "file_size"), large),
    }
    return pa.schema(kinds.items())


def written_schema() -> pa.Schema:
    """Return the columns that every shard is written with: older ones lack facts of pixels."""
    import pyarrow as pa

    measured = [pa.field(name, pa.float32()) for name in PIXEL_FACT_COLUMNS]
    return pa.schema([*own_schema(), *measured])


@dataclass(frozen=True, slots=True)
class Row:
    """One image of a shard.

    Attributes
    ----------
    vector
        Shape (d,), in the dtype of the store; None where the image has none.
    values
        Of the metadata, by column; what is None may be absent.
    """

    vector: npt.NDArray[Any] | None
    values: dict[str, Any]

    @property
    def status(self) -> str:
        """Return "ok", or why there is no vector."""
        status: str = self.values["status"]
        return status


def make_row(image: EmbeddedImage, dtype: str) -> Row:
    """Turn an image into a row."""
    item = image.item
    vector, status = _converted(image, dtype)
    values = {
        "id": image_id(item),
        "path": _printable(item.name),
        "group": item.group,
        **{name: getattr(image.facts, name, None) for name in FACT_COLUMNS},
        **{name: getattr(image.stamp, name, None) for name in STAMP_COLUMNS},
        **_measured(image),
        **{stored_name(name): value for name, value in item.columns.items()},
        "status": status,
    }
    return Row(vector, values)


class ShardRows(list[Row]):
    """The rows of one shard, in memory."""

    @classmethod
    def of_saved(cls, vectors: npt.NDArray[Any], table: pa.Table) -> ShardRows:
        """Take up rows that were saved before."""
        pairs = zip(vectors, table.to_pylist(), strict=True)
        return cls(
            Row(np.array(vector) if values["status"] == OK else None, values)
            for vector, values in pairs
        )

    @property
    def failed(self) -> int:
        """Number of rows without a vector."""
        return sum(row.vector is None for row in self)

    def matrix(self, dimension: int, dtype: str) -> npt.NDArray[Any]:
        """Return the vectors, NaN where an image has none; shape (n, dimension)."""
        matrix = np.full((len(self), dimension), np.nan, dtype=dtype)
        for place, row in enumerate(self):
            if row.vector is not None:
                matrix[place] = row.vector
        return matrix

    def table(self) -> pa.Table:
        """Return the metadata, with the further columns of the images after the own ones."""
        import pyarrow as pa

        named = {name for row in self for name, value in row.values.items() if value is not None}
        schema = written_schema()
        for name in sorted(named - set(schema.names)):
            schema = schema.append(pa.field(name, pa.string()))
        return pa.Table.from_pylist([row.values for row in self], schema)


def _measured(image: EmbeddedImage) -> dict[str, float | None]:
    """Name what the pixels tell."""
    if image.pixel_facts is None:
        return dict.fromkeys(PIXEL_FACT_COLUMNS)
    return dict(zip(PIXEL_FACT_COLUMNS, image.pixel_facts, strict=True))


def _converted(image: EmbeddedImage, dtype: str) -> tuple[npt.NDArray[Any] | None, str]:
    if image.vector is None:
        return None, _printable(image.failure or "no embedding")
    with np.errstate(over="ignore"):
        vector = image.vector.astype(dtype)
    return (vector, OK) if np.isfinite(vector).all() else (None, OUT_OF_RANGE)


def _printable(text: str) -> str:
    """Write bytes of a file name that are no UTF-8 as escapes: Parquet holds Unicode only."""
    return text.encode("utf-8", "backslashreplace").decode()
