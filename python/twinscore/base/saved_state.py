"""What earlier runs saved, checked whole before any of it is used."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from twinscore.base.array_files import ArrayHeader, check_characters, headers_of_npz

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a JSON object; taking one checks it.

    Every method raises ValueError, "'k': expected a whole number of at least 1, got -1".

    Attributes
    ----------
    values
        Any JSON type: where it is no object, every field is missing.
    """

    values: Any

    def any(self, name: str) -> Any:
        """Return a field of any kind."""
        if not isinstance(self.values, dict):
            raise ValueError(f"expected a JSON object, got {_shortened(self.values)}")
        if name not in self.values:
            raise ValueError(f"expected a field {name!r}, got none")
        return self.values[name]

    def text(self, name: str, choices: tuple[str, ...] = ()) -> str:
        """Return text, one of the choices if there are any."""
        value = self.any(name)
        if isinstance(value, str) and value in (choices or (value,)):
            return value
        raise _other(name, f"one of {', '.join(choices)}" if choices else "text", value)

    def whole(self, name: str, *, least: int = 0) -> int:
        """Return a whole number."""
        value = self.any(name)
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= _LARGEST:
            return value
        raise _other(name, f"a whole number of at least {least}", value)

    def number(self, name: str, *, above: float = -math.inf) -> float:
        """Return a finite number."""
        value = self.any(name)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if is_number and math.isfinite(value) and value > above:
            return float(value)
        bound = "" if above == -math.inf else f" above {above:g}"
        raise _other(name, f"a finite number{bound}", value)

    def flag(self, name: str) -> bool:
        """Return true or false."""
        value = self.any(name)
        if isinstance(value, bool):
            return value
        raise _other(name, "true or false", value)

    def texts(self, name: str, count: int | None = None) -> tuple[str, ...]:
        """Return a list of texts, so many where that is known."""
        items = self._items(name, "texts", count)
        if all(isinstance(item, str) for item in items):
            return tuple(items)
        raise _other(name, "a list of texts", items)

    def wholes(self, name: str) -> tuple[int, ...]:
        """Return a list of whole numbers of at least 0."""
        items = self._items(name, "whole numbers", None)
        if all(
            isinstance(item, int) and not isinstance(item, bool) and item >= 0 for item in items
        ):
            return tuple(items)
        raise _other(name, "a list of whole numbers of at least 0", items)

    def optional_texts(self, name: str, count: int) -> tuple[str | None, ...]:
        """Return a list of texts some of which may be missing."""
        items = self._items(name, "texts or nulls", count)
        if all(item is None or isinstance(item, str) for item in items):
            return tuple(items)
        raise _other(name, "a list of texts or nulls", items)

    def rows(self, name: str, width: int) -> list[list[Any]]:
        """Return a list of lists of so many items."""
        items = self._items(name, f"lists of {width}", None)
        if all(isinstance(item, list) and len(item) == width for item in items):
            return items
        raise _other(name, f"a list of lists of {width}", items)

    def fields(self, name: str) -> Fields:
        """Return an object in this one."""
        value = self.any(name)
        if isinstance(value, dict):
            return Fields(value)
        raise _other(name, "a JSON object", value)

    def is_missing(self, name: str) -> bool:
        """Tell whether a field that must be there is null."""
        return self.any(name) is None

    def _items(self, name: str, items: str, count: int | None) -> list[Any]:
        value = self.any(name)
        if isinstance(value, list | tuple) and count in (None, len(value)):
            return list(value)
        many = "" if count is None else f"{count:,} "
        raise _other(name, f"a list of {many}{items}", value)


@dataclass(frozen=True, slots=True)
class ArrayForm:
    """What an array must be like.

    Attributes
    ----------
    dtypes
        Names of those that are possible.
    axes
        Number of axes.
    """

    dtypes: tuple[str, ...]
    axes: int

    def check(self, name: str, header: ArrayHeader) -> None:
        """Raise ValueError where an array of this name is another."""
        if header.dtype.name not in self.dtypes or len(header.shape) != self.axes:
            kind = "objects" if header.dtype.hasobject else header.dtype.name
            raise ValueError(
                f"{name!r}: expected {' or '.join(self.dtypes)} with {self.axes} axes, "
                f"got {kind} of shape {header.shape}"
            )


def read_saved_arrays(
    file: IO[bytes], forms: Mapping[str, ArrayForm], header: str
) -> tuple[str, dict[str, npt.NDArray[Any]]]:
    """Read the arrays of a ``.npz`` file, and the text among them.

    The form of all is known to be right, and the file to be as long as they need, before memory
    is set aside for one; the checksums that the archive carries are compared.

    Parameters
    ----------
    file
        Open for reading bytes, at any place.
    forms
        Of each array, by its name; no other may be there.
    header
        Name of the array that holds text.

    Returns
    -------
    text : str
    arrays : dict of ndarray
        Finite.

    Raises
    ------
    ValueError
        Something is not as it must be.
    """
    try:
        return _read(file, forms, header)
    except MemoryError:
        raise
    except Exception as error:
        # Damage makes the readers of numpy and zipfile raise nearly every kind of error.
        raise ValueError(" ".join(str(error).split()) or type(error).__name__) from error


def _read(
    file: IO[bytes], forms: Mapping[str, ArrayForm], header: str
) -> tuple[str, dict[str, npt.NDArray[Any]]]:
    found = headers_of_npz(file)
    if found.keys() != {header, *forms}:
        raise ValueError(f"expected the arrays {sorted({header, *forms})}, got {sorted(found)}")
    if found[header].dtype.kind != "U" or found[header].shape != ():
        raise ValueError(f"expected text in {header!r}, got {found[header].dtype}")
    for name, form in forms.items():
        form.check(name, found[name])
    file.seek(0)
    with np.load(file, allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in forms}
        written = archive[header]
    check_characters(written)
    for name, values in arrays.items():
        if not np.isfinite(values).all():
            raise ValueError(f"{name!r}: expected finite values, got NaN or infinity")
    return str(written), arrays


def _other(name: str, expected: str, value: Any) -> ValueError:
    return ValueError(f"{name!r}: expected {expected}, got {_shortened(value)}")


def _shortened(value: Any, most: int = 60) -> str:
    shown = repr(value)
    return shown if len(shown) <= most else f"{shown[:most]}..."
