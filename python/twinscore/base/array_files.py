"""Arrays in .npy and .npz files: headers first, never unpickled, damage named in one line."""

from __future__ import annotations

import math
import os
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
_MOST_DEFLATED = 1032
"""Bytes that one byte of deflate can stand for (zlib, technical details)."""


@dataclass(frozen=True, slots=True)
class ArrayHeader:
    """Shape and dtype of an array that was not read yet."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]


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
        return np.asarray(np.lib.format.read_array(file, allow_pickle=False))


def _read_header(file: IO[bytes]) -> ArrayHeader:
    version = np.lib.format.read_magic(file)
    if version == (1, 0):
        shape, _, dtype = np.lib.format.read_array_header_1_0(file)
    elif version == (2, 0):
        shape, _, dtype = np.lib.format.read_array_header_2_0(file)
    else:
        # Version 3 exists for structured arrays with non-Latin field names.
        raise ValueError(f"version {version[0]} of the format does not hold plain numbers")
    return ArrayHeader(shape, dtype)


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
