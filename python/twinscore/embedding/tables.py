"""Tables in memory as a side: data frames of pandas, polars and pyarrow.

All of them hand out their columns through the Arrow PyCapsule interface, so that none is imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twinscore.embedding.files.vector_column import EMBEDDING_COLUMNS, read_vector_column
from twinscore.images.sources.manifest import PATH_COLUMN, Manifest, is_vector_type

if TYPE_CHECKING:
    from twinscore.embedding.records import Embeddings


def is_table(value: Any) -> bool:
    """Tell whether a value is a data frame; a single column is none."""
    return hasattr(value, "__arrow_c_stream__") and hasattr(value, "columns")


def open_table(value: Any, side: str) -> Embeddings | Manifest:
    """Take embeddings from the column ``embedding``, or images from the column ``path``.

    Column ``group`` gives the groups, further columns come along, as from files.

    Parameters
    ----------
    value
        A data frame.
    side
        "real" or "synthetic": names the side in messages.

    Raises
    ------
    TypeError
        A column is of a type that Arrow has not.
    ValueError
        There is neither column, no row, or a row that is not usable; the message names it.
    """
    import pyarrow as pa

    label = f"{side} table"
    try:
        table = _with_plain_text(pa.table(value))
    except (pa.ArrowException, TypeError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise TypeError(f"{label}: expected columns of one type each, got {reason}") from error
    vectors = [field.name for field in table.schema if is_vector_type(field.type)]
    named = [name for name in EMBEDDING_COLUMNS if name in vectors]
    if named:
        return read_vector_column(table, named[0], label)
    if PATH_COLUMN in table.column_names:
        return Manifest(table, label)
    found = ", ".join(repr(name) for name in table.column_names) or "no columns"
    raise ValueError(
        f"{label}: expected a column 'path', or a column 'embedding' of lists of floats, "
        f"got {found}"
    )


def _with_plain_text(table: Any) -> Any:
    """Turn columns of string views, which polars hands out, into columns of strings."""
    import pyarrow as pa

    kinds = [pa.string() if pa.types.is_string_view(kind) else kind for kind in table.schema.types]
    return table.cast(pa.schema(list(zip(table.column_names, kinds, strict=True))))
