"""Numbers and boxes that others wrote; each malformed one gives one short reason."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from twinscore.images.annotations.records import Box

if TYPE_CHECKING:
    from collections.abc import Sequence


class MalformedError(ValueError):
    """One annotation cannot be read; the message is the reason."""


CORNERS_SWAPPED = "its corners are swapped: put in order"


def number_in(value: object, name: str) -> float:
    """Read a finite number.

    Raises
    ------
    MalformedError
        It is something else.
    """
    try:
        number = float(value) if isinstance(value, str | int | float) else math.nan
    except (ValueError, OverflowError):
        number = math.nan
    if isinstance(value, bool) or not math.isfinite(number):
        raise MalformedError(f"expected a finite number for {name}, got {shortened(value)}")
    return number


def box_of_corners(values: Sequence[object]) -> tuple[Box, bool]:
    """Read left, top, right and bottom.

    Returns
    -------
    box : Box
        With its corners in order.
    is_swapped : bool
        Whether they were not.

    Raises
    ------
    MalformedError
        They are not four finite numbers, or the box is empty.
    """
    if len(values) != 4:
        raise MalformedError(f"expected a box of 4 numbers, got {len(values)}")
    names = ("left", "top", "right", "bottom")
    left, top, right, bottom = map(number_in, values, names)
    return _in_order(left, top, right, bottom)


def box_of_size(values: object) -> tuple[Box, bool]:
    """Read left, top, width and height; a negative size counts from the other edge.

    Returns and raises as `box_of_corners`.
    """
    if not isinstance(values, list | tuple):
        raise MalformedError(f"expected a box of 4 numbers, got {shortened(values)}")
    if len(values) != 4:
        raise MalformedError(f"expected a box of 4 numbers, got {len(values)}")
    left, top, width, height = map(number_in, values, ("left", "top", "width", "height"))
    return _in_order(left, top, left + width, top + height)


def box_around(xs: Sequence[float], ys: Sequence[float]) -> Box:
    """Return the box around points.

    Raises
    ------
    MalformedError
        They lie on one line.
    """
    box, _ = _in_order(min(xs), min(ys), max(xs), max(ys))
    return box


def shortened(value: object) -> str:
    """Show a value that was not expected, no longer than a line has room for."""
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."


def _in_order(left: float, top: float, right: float, bottom: float) -> tuple[Box, bool]:
    if left == right or top == bottom:
        raise MalformedError("the box is empty")
    is_swapped = left > right or top > bottom
    box = Box(min(left, right), min(top, bottom), max(left, right), max(top, bottom))
    if not box.is_finite:
        raise MalformedError("the box is too large")
    return box, is_swapped
