"""Arrays in .npy and .npz files: headers first, never unpickled, damage named in one line."""

from __future__ import annotations

import math
import os
import sys
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MEMBER_ENDING = ".npy"
_BYTES_AT_ONCE = 1 << 20
_MOST_DEFLATED = 1032
"""Bytes that one byte of deflate can stand for (zlib, technical details)."""


@dataclass(frozen=True, slots=True)
class ArrayHeader:
    """Shape and dtype of an array that was not read yet."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    is_row_major: bool = True


def npy_header(path: Path) -> ArrayHeader:
    """Read the header of a ``.npy`` file; a damaged one is a ValueError that names the file."""
    with _naming_damage(path), path.open("rb") as file:
        return _read_header(file)


def map_npy(path: Path) -> npt.NDArray[Any]:
    """Map a ``.npy`` file into memory, read-only."""
    with _naming_damage(path):
        return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))


def npz_headers(path: Path) -> dict[str, ArrayHeader]:
    """Read the headers of all arrays in a ``.npz`` file, by key."""
    with _naming_damage(path), path.open("rb") as file:
        return headers_of_npz(file)


def headers_of_npz(file: IO[bytes]) -> dict[str, ArrayHeader]:
    """Read the headers of all arrays in an open ``.npz`` file, by key.

    Raises
    ------
    Exception
        Of nearly every kind, where the file is damaged; ValueError where an array is shorter than
        its header says: numpy would reserve memory for whatever a header promises.
    """
    headers = {}
    there = file.seek(0, os.SEEK_END)
    with zipfile.ZipFile(file) as archive:
        for member in archive.infolist():
            if not member.filename.endswith(_MEMBER_ENDING):
                continue
            with archive.open(member) as opened:
                header = _read_header(opened)
            packed = min(member.compress_size, there)
            most = packed * _MOST_DEFLATED if member.compress_type else packed
            promised = math.prod(map(int, header.shape)) * header.dtype.itemsize
            is_promise_kept = min(header.shape, default=0) >= 0 and promised <= min(
                member.file_size, most
            )
            if not is_promise_kept and not header.dtype.hasobject:
                raise ValueError(f"the array {member.filename!r} is shorter than its header says")
            headers[member.filename.removesuffix(_MEMBER_ENDING)] = header
    return headers


def load_npz_array(path: Path, key: str) -> npt.NDArray[Any]:
    """Read one array of a ``.npz`` file."""
    with (
        _naming_damage(path),
        zipfile.ZipFile(path) as archive,
        archive.open(key + _MEMBER_ENDING) as file,
    ):
        array = np.asarray(np.lib.format.read_array(file, allow_pickle=False))
        check_characters(array)
        return array


def check_characters(array: npt.NDArray[Any]) -> None:
    """Raise ValueError where text holds numbers of no characters, as damage leaves them.

    numpy makes text of them all the same, on which Python then fails anywhere.
    """
    if array.dtype.kind != "U" or array.nbytes == 0:
        return
    native = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("="))
    if native.reshape(-1).view(np.uint32).max() > sys.maxunicode:
        raise ValueError("text is damaged: it holds what is no character")


def write_npy(file: IO[bytes], array: npt.NDArray[Any]) -> None:
    """Write an array into an open file as ``.npy``; errors carry their number."""
    rows = np.ascontiguousarray(array)
    header = np.lib.format.header_data_from_array_1_0(rows)
    np.lib.format.write_array_header_1_0(file, header)
    # numpy's own writing hides why it fails.
    file.write(rows.reshape(-1).view(np.uint8).data)


def read_npy_header(file: IO[bytes]) -> ArrayHeader:
    """Read the header of an open ``.npy`` file, of which nothing was read yet.

    Raises
    ------
    ValueError
        It is damaged.
    OSError
        It cannot be read.
    """
    try:
        return _read_header(file)
    except (OSError, MemoryError):
        raise
    except Exception as error:
        # numpy's own readers raise nearly every kind of error.
        raise ValueError(str(error) or type(error).__name__) from error


def npy_row_blocks(file: IO[bytes], header: ArrayHeader) -> Iterator[npt.NDArray[Any]]:
    """Read the rows that follow the header of an open ``.npy`` file, about a megabyte at a time.

    Yields
    ------
    numpy.ndarray
        Shape (rows of the block, columns), read-only.

    Raises
    ------
    ValueError
        The file ends before its last row.
    """
    rows, columns = header.shape
    bytes_per_row = columns * header.dtype.itemsize
    rows_at_once = max(1, _BYTES_AT_ONCE // max(1, bytes_per_row))
    for start in range(0, rows, rows_at_once):
        count = min(rows_at_once, rows - start)
        content = _read_exactly(file, count * bytes_per_row)
        yield np.frombuffer(content, header.dtype).reshape(count, columns)


def _read_exactly(file: IO[bytes], size: int) -> bytes:
    # Python reserves memory for all that is asked for, and a header promises anything.
    parts = []
    while size:
        part = file.read(min(size, _BYTES_AT_ONCE))
        if not part:
            raise ValueError("it ends before its last row")
        parts.append(part)
        size -= len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _read_header(file: IO[bytes]) -> ArrayHeader:
    version = np.lib.format.read_magic(file)
    if version == (1, 0):
        shape, is_by_columns, dtype = np.lib.format.read_array_header_1_0(file)
    elif version == (2, 0):
        shape, is_by_columns, dtype = np.lib.format.read_array_header_2_0(file)
    else:
        # Version 3 exists for structured arrays with non-Latin field names.
        raise ValueError(f"version {version[0]} of the format does not hold plain numbers")
    return ArrayHeader(shape, dtype, not is_by_columns)


@contextmanager
def _naming_damage(path: Path) -> Iterator[None]:
    try:
        yield
    except PermissionError as error:
        raise PermissionError(f"no permission to read {str(path)!r}") from error
    except MemoryError:
        raise
    except Exception as error:
        # Damage makes the readers of numpy and zipfile raise nearly every kind of error.
        reason = " ".join(str(error).split())
        raise ValueError(
            f"{str(path)!r} is not a complete {path.suffix.lower()} file: {reason}"
        ) from error
