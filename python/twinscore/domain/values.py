"""Which declared value each image has, read from its columns."""

from __future__ import annotations

import bisect
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from twinscore.base.arrays import BoolArray, IdArray
    from twinscore.domain.declaration import Clause, Condition, Domain, Wanted

    Columns = Mapping[str, Sequence[str | None]]

UNDECLARED = -1
"""Code of a value that was not declared, and of an image without one."""

YES, NO = ("true", "yes", "1"), ("false", "no", "0")


def declared_value(condition: Condition, value: Wanted) -> str | None:
    """Return the declared value that a text, number or truth value stands for; None for none.

    Case and outer spaces do not count, nor does how a number is spelled; in a condition with bins
    a number stands for its bin, whose upper end belongs to the next one, that of the last to it.
    """
    if isinstance(value, bool):
        value = "true" if value else "false"
    named = {name.casefold().strip(): name for name in condition.values}
    if isinstance(value, str) and value.strip().casefold() in named:
        return named[value.strip().casefold()]
    number = as_number(value)
    if number is None:
        return None
    if condition.edges is not None:
        return _bin(condition, condition.edges, number)
    return next((name for name in condition.values if as_number(name) == number), None)


def value_codes(condition: Condition, column: Sequence[str | None]) -> IdArray:
    """Return the value of each image, as its place among the declared ones.

    Parameters
    ----------
    condition
        What was declared.
    column
        Length n; None for an image without a value.

    Returns
    -------
    Shape (n,), `UNDECLARED` where the value is no declared one.
    """
    places = {name: place for place, name in enumerate(condition.values)}
    known: dict[str | None, int] = {None: UNDECLARED}
    for value in column:
        if value is not None and value not in known:
            declared = declared_value(condition, value)
            known[value] = UNDECLARED if declared is None else places[declared]
    return np.array([known[value] for value in column], dtype=np.int64)


def codes_of(domain: Domain, columns: Columns, images: int) -> IdArray:
    """Return the code of every image in every condition, shape (images, conditions)."""
    nothing = (None,) * images
    codes = [
        value_codes(condition, columns.get(condition.column, nothing))
        for condition in domain.conditions
    ]
    return np.stack(codes, axis=1)


def images_of(clause: Clause, domain: Domain, columns: Columns, codes: IdArray) -> BoolArray:
    """Find the images that a clause describes.

    Parameters
    ----------
    clause
        Of conditions and other columns.
    domain
        It belongs to.
    columns
        Of the images.
    codes
        Shape (n, conditions), from `codes_of`.

    Returns
    -------
    Shape (n,).
    """
    found = np.ones(len(codes), dtype=np.bool_)
    names = [condition.name for condition in domain.conditions]
    for name, wanted in clause.where:
        if name in names:
            place = names.index(name)
            values = domain.conditions[place].values
            found &= np.isin(codes[:, place], [values.index(str(value)) for value in wanted])
        else:
            found &= _with_values(columns.get(name, (None,) * len(codes)), wanted)
    return found


def _with_values(column: Sequence[str | None], wanted: tuple[Wanted, ...]) -> BoolArray:
    kinds = {value: any(_means(value, item) for item in wanted) for value in set(column)}
    return np.array([kinds[value] for value in column], dtype=np.bool_)


def _means(value: str | None, wanted: Wanted) -> bool:
    """Tell whether the text in a column is the value that TOML spells its own way."""
    if value is None:
        return False
    text = value.strip().casefold()
    if isinstance(wanted, bool):
        return text in (YES if wanted else NO)
    if isinstance(wanted, str):
        return text == wanted.strip().casefold()
    return as_number(text) == wanted


def _bin(condition: Condition, edges: tuple[float, ...], number: float) -> str | None:
    if not edges[0] <= number <= edges[-1]:
        return None
    place = min(bisect.bisect_right(edges, number), len(condition.values)) - 1
    return condition.values[place]


def as_number(text: str | float) -> float | None:
    """Read a number; None where there is none, as NaN is."""
    try:
        number = float(text)
    except ValueError:
        return None
    return None if number != number else number
