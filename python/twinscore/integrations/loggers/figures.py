"""The numbers of a result, each by its path."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NOT_FOUND_OUT = ("settings", "inputs", "seed", "version", "seconds", "skipped")
"""Keys that say how a result was made rather than what it says."""

LABELS = {"slices": ("column", "value"), "repairs": ("fact",)}
"""Lists of records, and the fields that tell one of them from another."""


def figures_of(record: Mapping[str, Any]) -> dict[str, float]:
    """Return every number that a result holds.

    Pairs of numbers with a fraction, which are intervals, become "low" and "high"; what is not
    finite or not known is left out, and so are tables of rows without a name.

    Parameters
    ----------
    record
        The keys of a result, as JSON types.

    Returns
    -------
    dict of str to float
        By path, in the order of the record.
    """
    found = {name: value for name, value in record.items() if name not in NOT_FOUND_OUT}
    return dict(_numbers(found, ()))


def _numbers(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, float]]:
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, int | float):
        if math.isfinite(value):
            yield "/".join(path), float(value)
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from _numbers(part, (*path, str(name)))
    elif isinstance(value, list):
        for name, part in _named(value, path):
            yield from _numbers(part, (*path, *name))


def _named(values: list[Any], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if len(values) == 2 and all(isinstance(value, float) for value in values):
        yield ("low",), values[0]
        yield ("high",), values[1]
    elif path and path[-1] in LABELS:
        labels = LABELS[path[-1]]
        for row in values:
            yield tuple(_one_level(row[label]) for label in labels), row


def _one_level(label: Any) -> str:
    return str(label).replace("/", " ")
