"""Embeddings made elsewhere: .npy and .npz files, arrays and tensors."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from twinscore.base.array_files import (
    ArrayHeader,
    load_npz_array,
    map_npy,
    npy_header,
    npz_headers,
)
from twinscore.base.array_likes import as_array
from twinscore.embedding.records import Embeddings
from twinscore.images.sources.grouping import checked_groups

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence

    from twinscore.base.arrays import FloatMatrix

EMBEDDING_ENDINGS = (".npy", ".npz")
FLOAT_DTYPES = ("float16", "float32", "float64")
EMBEDDINGS_KEY = "embeddings"
GROUPS_KEY = "groups"

MOST_MOVED = 0.01
"""Share of the spread of a column by which rounding to float32 may move its values."""

_VALUES_PER_CHECK = 1 << 22


def load_embeddings(path: str | os.PathLike[str]) -> Embeddings:
    """Read embeddings from a ``.npy`` or ``.npz`` file.

    A ``.npz`` file gives the array ``embeddings``, else its only 2-d float array, and optionally
    ``groups`` (n strings or integers). Nothing is ever unpickled. A ``.npy`` file that holds
    float32 rows stays on disk and is mapped into memory, read-only.

    Returns
    -------
    Embeddings
        ``vectors`` of shape (n, d), float32; names are "real.npy row 17", counted from 0.

    Raises
    ------
    FileNotFoundError
        The file does not exist.
    PermissionError
        The file may not be read.
    TypeError
        The values are not float16, float32 or float64.
    ValueError
        The file is damaged, is not 2-d, has no rows, or has values that are not finite.
    """
    location = Path(path)
    label = repr(str(location))
    if location.suffix.lower() not in EMBEDDING_ENDINGS:
        raise ValueError(f"expected embeddings in .npy or .npz, got {label}")
    if not location.is_file():
        raise FileNotFoundError(f"expected embeddings in .npy or .npz, but {label} does not exist")
    groups = None
    if location.suffix.lower() == ".npz":
        values, groups = _read_npz(location, label)
    else:
        _check_form(npy_header(location), label)
        values = map_npy(location)
    vectors = _checked_vectors(values, label)
    rows = len(vectors)
    return Embeddings(
        vectors,
        names=_row_names(rows, prefix=f"{location.name} "),
        groups=None
        if groups is None
        else checked_groups(groups.tolist(), rows, side=label, counted="rows"),
    )


def embeddings_from_array(values: Any, *, label: str) -> Embeddings:
    """Take embeddings from an array or tensor in memory.

    Parameters
    ----------
    values
        Shape (n, d); float16, float32 or float64 (a tensor also bfloat16). Contiguous float32
        rows are not copied.
    label
        What the values are, for messages: "real embeddings".

    Returns
    -------
    Embeddings
        ``vectors`` of shape (n, d), float32; names are "row 17", counted from 0.

    Raises
    ------
    TypeError
        The values are not float16, float32 or float64.
    ValueError
        The array is not 2-d, has no rows, has values that are not finite, or such that float32
        does not tell them apart.
    """
    array = as_array(values)
    _check_form(ArrayHeader(array.shape, array.dtype), label)
    vectors = _checked_vectors(array, label)
    return Embeddings(vectors, names=_row_names(len(vectors), prefix=""))


def is_one_vector(values: Any) -> bool:
    """Tell whether an array is a vector of numbers, which somebody may take for a matrix."""
    return values.ndim == 1 and np.asarray(as_array(values)).dtype.kind in "fiub"


def is_rows_of_numbers(values: Any) -> bool:
    """Tell whether a value is a list of lists of numbers, or of numbers."""
    if not isinstance(values, list | tuple) or not values:
        return False
    first = values[0]
    if isinstance(first, list | tuple) and first:
        first = first[0]
    return isinstance(first, int | float | np.number) and not isinstance(first, np.bool_)


def embeddings_from_rows(values: Sequence[Any], *, label: str) -> Embeddings:
    """Take embeddings from a list of lists of numbers, whole ones among them.

    Raises
    ------
    TypeError
        A row holds something else.
    ValueError
        Rows differ in length, or what `embeddings_from_array` raises.
    """
    if isinstance(values[0], list | tuple):
        width = len(values[0])
        for place, row in enumerate(values):
            if not isinstance(row, list | tuple) or len(row) != width:
                got = len(row) if isinstance(row, list | tuple) else type(row).__name__
                raise ValueError(
                    f"{label}: expected {width} numbers in each row, got {got} in row {place}"
                )
    try:
        matrix = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise TypeError(f"{label}: expected numbers, got {error}") from error
    return embeddings_from_array(matrix, label=label)


def _row_names(count: int, *, prefix: str) -> tuple[str, ...]:
    return tuple(f"{prefix}row {row}" for row in range(count))


def _checked_vectors(values: npt.NDArray[Any], label: str) -> FloatMatrix:
    with np.errstate(over="ignore"):
        vectors = np.ascontiguousarray(values, dtype=np.float32)
    row = _first_row_not_finite(vectors)
    if row is not None and np.isfinite(values[row]).all():
        raise ValueError(f"{label}: expected values within float32, got larger ones in row {row}")
    if row is not None:
        raise ValueError(f"{label}: expected finite values, got NaN or infinity in row {row}")
    moved = _moved_by_rounding(values, vectors) if values.dtype.itemsize > 4 else 0.0
    if moved > MOST_MOVED:
        raise ValueError(
            f"{label}: expected values that float32 tells apart, but rounding to it moves them by "
            f"{moved:.0%} of their spread: take the same center off both sides, or scale both"
        )
    return vectors


def _check_form(header: ArrayHeader, label: str) -> None:
    if header.dtype.hasobject:
        raise TypeError(
            f"{label}: expected float16, float32 or float64, got Python objects, "
            "which are never unpickled"
        )
    if header.dtype.name not in FLOAT_DTYPES:
        cast = "; write .astype('float32')" if header.dtype.kind in "iuf" else ""
        raise TypeError(
            f"{label}: expected float16, float32 or float64, got {header.dtype.name}{cast}"
        )
    if len(header.shape) == 1:
        raise ValueError(
            f"{label}: expected a matrix of shape (images, dimensions), a row per image, "
            f"got one vector of shape {header.shape}"
        )
    if len(header.shape) != 2:
        raise ValueError(f"{label}: expected shape (rows, dimensions), got shape {header.shape}")
    if 0 in header.shape:
        raise ValueError(
            f"{label}: expected at least one row and one dimension, got shape {header.shape}"
        )


def _first_row_not_finite(vectors: FloatMatrix) -> int | None:
    for part in _parts(vectors):
        finite = np.isfinite(vectors[part]).all(axis=1)
        if not finite.all():
            return int(part.start) + int(np.argmin(finite))
    return None


def _moved_by_rounding(values: npt.NDArray[Any], vectors: FloatMatrix) -> float:
    """Return by how much of their spread rounding moves values, root mean squares of both.

    What moves a whole column alike moves no value towards another.
    """
    center = values.mean(axis=0)
    moved = center - vectors.mean(axis=0, dtype=np.float64)
    lost = spread = 0.0
    for part in _parts(vectors):
        lost += float(np.square(values[part] - vectors[part] - moved).sum())
        spread += float(np.square(values[part] - center).sum())
    # Equal values differ from their mean by what float64 rounds.
    nothing = len(values) * float(np.square(8.0 * np.finfo(np.float64).eps * center).sum())
    return math.sqrt(lost / spread) if spread > nothing else 0.0


def _parts(vectors: FloatMatrix) -> Iterator[slice]:
    rows = max(1, _VALUES_PER_CHECK // vectors.shape[1])
    return (slice(start, start + rows) for start in range(0, len(vectors), rows))


def _read_npz(path: Path, label: str) -> tuple[npt.NDArray[Any], npt.NDArray[Any] | None]:
    headers = npz_headers(path)
    key = _embeddings_key(headers, label)
    _check_form(headers[key], f"{label}, array {key!r}")
    values = load_npz_array(path, key)
    if GROUPS_KEY not in headers or key == GROUPS_KEY:
        return values, None
    groups = headers[GROUPS_KEY]
    if groups.dtype.kind not in "USiu" or len(groups.shape) != 1:
        kind = "Python objects" if groups.dtype.hasobject else groups.dtype.name
        raise ValueError(
            f"{label}, array {GROUPS_KEY!r}: expected n strings or integers, "
            f"got {kind} of shape {groups.shape}"
        )
    return values, load_npz_array(path, GROUPS_KEY)


def _embeddings_key(headers: dict[str, ArrayHeader], label: str) -> str:
    if EMBEDDINGS_KEY in headers:
        return EMBEDDINGS_KEY
    matrices = [
        key
        for key, header in headers.items()
        if header.dtype.name in FLOAT_DTYPES and len(header.shape) == 2
    ]
    if len(matrices) != 1:
        keys = ", ".join(repr(key) for key in headers) or "no arrays"
        raise ValueError(
            f"{label}: expected an array {EMBEDDINGS_KEY!r} or exactly one 2-d float array, "
            f"got {keys}"
        )
    return matrices[0]
