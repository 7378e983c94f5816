"""Masks that were drawn with soft edges: shades between objects, which are none themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray, IdArray

FEWEST_SHADES = 3
"""Values that lie between others; fewer may be thin objects."""

_ALWAYS = 0.9
"""Share of the pixels of a shade that lie between a lower and a higher one."""

_WIDEST = 4
"""Pixels across a soft edge."""

_AROUND = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1) if (down, right) != (0, 0)]


def without_blends(values: IdArray, *, is_color: bool) -> tuple[IdArray, int]:
    """Put the pixels of soft edges with what they are nearest to, in their numbers.

    A shade is nowhere two pixels thick, and lies between a lower and a higher value; a wire, as
    thin, has the same on both sides. Where most values of a mask are shades, its edges are soft.

    Parameters
    ----------
    values
        Numbers or colours; shape (height, width).
    is_color
        Whether they are colours, eight bits each.

    Returns
    -------
    values : ndarray
        As they are where edges are hard.
    n_shades : int
        Values that were shades.
    """
    thin = _thin(values)
    shades = _shades(values, thin, is_color)
    n_values = len(np.unique(values[values != 0]))
    if len(shades) < FEWEST_SHADES or 2 * len(shades) < n_values:
        return values, 0
    left = thin & np.isin(values, shades)
    mended = values.copy()
    for _ in range(_WIDEST):
        rows, columns = np.nonzero(left)
        around, is_open = _around(mended, rows, columns), _around(left, rows, columns)
        parts = _channels(around, is_color), _channels(values[rows, columns], is_color)
        distances = np.abs(parts[0] - parts[1][:, None]).sum(axis=0).astype(float)
        distances[is_open] = np.inf
        nearest = distances.argmin(axis=0), np.arange(len(rows))
        is_near = np.isfinite(distances[nearest])
        mended[rows[is_near], columns[is_near]] = around[nearest][is_near]
        left[rows[is_near], columns[is_near]] = False
    mended[left] = 0
    return mended, len(shades)


def _thin(values: IdArray) -> BoolArray:
    """Tell which pixels have a value that fills no square of two pixels anywhere."""
    corner = values[:-1, :-1]
    is_square = corner == values[1:, :-1]
    is_square &= corner == values[:-1, 1:]
    is_square &= corner == values[1:, 1:]
    thin: BoolArray = ~np.isin(values, np.append(np.unique(corner[is_square]), 0))
    return thin


def _shades(values: IdArray, thin: BoolArray, is_color: bool) -> IdArray:
    """Return the values whose pixels lie between others nearly everywhere."""
    rows, columns = np.nonzero(thin)
    own = values[rows, columns]
    around = _channels(_around(values, rows, columns), is_color)
    mine = _channels(own, is_color)
    low, high = around.min(axis=1), around.max(axis=1)
    between = ((low <= mine) & (mine <= high)).all(axis=0)
    between &= ((low < mine) & (mine < high)).any(axis=0)
    present, places = np.unique(own, return_inverse=True)
    pixels = np.bincount(places, minlength=len(present))
    shades: IdArray = present[
        np.bincount(places[between], minlength=len(present)) >= _ALWAYS * pixels
    ]
    return shades


def _around(values: Any, rows: IdArray, columns: IdArray) -> Any:
    """Return the eight neighbors of pixels; shape (8, number of pixels)."""
    padded = np.pad(values, 1, mode="edge")
    return np.stack([padded[rows + 1 + down, columns + 1 + right] for down, right in _AROUND])


def _channels(values: Any, is_color: bool) -> Any:
    if not is_color:
        return values[None]
    return np.stack([values >> 16, values >> 8 & 0xFF, values & 0xFF])
