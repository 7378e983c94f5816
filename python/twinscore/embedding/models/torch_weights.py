"""Read torch's legacy weight files (before the zip format of torch 1.6) without torch.

Such a file is five pickles in a row (magic number, protocol, system, the state dict with its
tensors as references, the order of the storages) and then each storage: an int64 count and that
many raw values. Unpickling can run any code, so the unpickler here knows four names and no others.
"""

from __future__ import annotations

import collections
import hashlib
import io
import pickle
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_MAGIC_NUMBER = 0x1950A86A20F9469CFC6C
_PROTOCOL_VERSION = 1001

Array = npt.NDArray[Any]


def read_legacy_state_dict(path: Path, sha256: str) -> dict[str, Array]:
    """Read the tensors of a legacy ``.pth`` file.

    Parameters
    ----------
    path
        The file.
    sha256
        Hexadecimal digest the file must have.

    Returns
    -------
    dict
        Tensor name to array (float32 or int64), in the order of the file.

    Raises
    ------
    ValueError
        The file has another digest, is no legacy weight file, or names anything but tensors.
    """
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if digest != sha256:
        raise ValueError(f"{path}: expected sha256 {sha256}, got {digest}")
    try:
        return _parse(content)
    except (pickle.UnpicklingError, EOFError, IndexError, TypeError, AttributeError) as error:
        raise ValueError(f"{path}: not a legacy torch weight file ({error})") from error


@dataclass(frozen=True, slots=True)
class _Storage:
    key: str
    dtype: np.dtype[Any]
    count: int


@dataclass(frozen=True, slots=True)
class _TensorReference:
    """A tensor as the pickle describes it; its values come later in the file."""

    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def _parse(content: bytes) -> dict[str, Array]:
    file = io.BytesIO(content)
    magic, protocol, system = (_unpickle(file) for _ in range(3))
    if (magic, protocol) != (_MAGIC_NUMBER, _PROTOCOL_VERSION):
        raise pickle.UnpicklingError(f"magic number {magic!r}, protocol {protocol!r}")
    if system["little_endian"] is not True:
        raise pickle.UnpicklingError("big-endian values")
    references, storage_order = _unpickle(file), _unpickle(file)
    storages = {reference.storage.key: reference.storage for reference in references.values()}
    values = {key: _read_storage(file, storages[key]) for key in storage_order}
    return {
        name: _view(values[reference.storage.key], reference)
        for name, reference in references.items()
    }


def _unpickle(file: io.BytesIO) -> Any:
    return _RestrictedUnpickler(file, encoding="utf-8").load()


def _tensor_reference(
    storage: _Storage,
    offset: int,
    shape: tuple[int, ...],
    strides: tuple[int, ...],
    requires_grad: bool,
    backward_hooks: Mapping[Any, Any],
) -> _TensorReference:
    """Stand in for torch's own function: the parameters are those the pickle calls it with."""
    del requires_grad, backward_hooks
    return _TensorReference(storage, offset, shape, strides)


class _RestrictedUnpickler(pickle.Unpickler):
    _ADMITTED: Mapping[tuple[str, str], Any] = {
        ("collections", "OrderedDict"): collections.OrderedDict,
        ("torch._utils", "_rebuild_tensor_v2"): _tensor_reference,
        ("torch", "FloatStorage"): np.dtype("<f4"),
        ("torch", "LongStorage"): np.dtype("<i8"),
    }

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        try:
            return self._ADMITTED[module_name, global_name]
        except KeyError:
            raise pickle.UnpicklingError(
                f"{module_name}.{global_name} has no place among weights"
            ) from None

    def persistent_load(self, pid: Any) -> _Storage:
        kind, dtype, key, _device, count, view = pid
        if kind != "storage" or not isinstance(dtype, np.dtype) or view is not None:
            raise pickle.UnpicklingError(f"expected a reference to a storage, got {pid!r}")
        return _Storage(key, dtype, count)


def _read_storage(file: io.BytesIO, storage: _Storage) -> Array:
    count = int.from_bytes(file.read(8), "little")
    values = np.frombuffer(file.read(count * storage.dtype.itemsize), dtype=storage.dtype)
    if not count == storage.count == values.size:
        raise pickle.UnpicklingError(
            f"storage {storage.key}: expected {storage.count} values, got {values.size}"
        )
    return values


def _view(values: Array, reference: _TensorReference) -> Array:
    extents = zip(reference.shape, reference.strides, strict=True)
    last = reference.offset + sum((length - 1) * stride for length, stride in extents)
    if not 0 <= last < values.size:
        raise pickle.UnpicklingError(f"tensor of shape {reference.shape} outgrows its storage")
    return np.lib.stride_tricks.as_strided(
        values[reference.offset :],
        shape=reference.shape,
        strides=tuple(stride * values.itemsize for stride in reference.strides),
        writeable=False,
    ).copy()
