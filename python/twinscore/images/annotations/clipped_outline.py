"""Outlines that reach far out of their image, cut off where no pixel sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    Point = tuple[float, float]

_FARTHEST = 1e12
"""Pixels; what lies farther, up to where numbers end, is taken to lie there."""


def clipped(part: Sequence[float], width: int, height: int) -> list[float]:
    """Cut a polygon off at one size of the image beyond its borders.

    What draws polygons walks along every edge, whatever its length, in numbers of 32 bits.

    Parameters
    ----------
    part
        Each x and y in turn, in pixels.
    width, height
        Of the image.

    Returns
    -------
    list of float
        The part as it is where it stays near; none where nothing of it is near.
    """
    within = [min(max(coordinate, -_FARTHEST), _FARTHEST) for coordinate in part]
    points = list(zip(within[::2], within[1::2], strict=True))
    for axis, size in enumerate((width, height)):
        for bound, sign in ((-size, 1), (2 * size, -1)):
            points = _beyond_cut_off(points, axis, float(bound), sign)
    return [coordinate for point in points for coordinate in point]


def _beyond_cut_off(points: list[Point], axis: int, bound: float, sign: int) -> list[Point]:
    """Keep what lies on one side of a line (Sutherland & Hodgman 1974)."""
    is_kept = [sign * (point[axis] - bound) >= 0.0 for point in points]
    if all(is_kept):
        return points
    kept: list[Point] = []
    for place, point in enumerate(points):
        before = points[place - 1]
        if is_kept[place] != is_kept[place - 1]:
            kept.append(_crossing(before, point, axis, bound))
        if is_kept[place]:
            kept.append(point)
    return kept


def _crossing(start: Point, end: Point, axis: int, bound: float) -> Point:
    share = (bound - start[axis]) / (end[axis] - start[axis])
    other = start[1 - axis] * (1.0 - share) + end[1 - axis] * share
    return (bound, other) if axis == 0 else (other, bound)
