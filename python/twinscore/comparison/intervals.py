"""Intervals of a difference of two results that were made apart."""

from __future__ import annotations

import math


def independent_interval(
    first: float,
    first_interval: tuple[float, float],
    second: float,
    second_interval: tuple[float, float],
) -> tuple[float, float]:
    """95 % interval of second less first, as if they were independent (MOVER, Zou and Donner 2008).

    Parameters
    ----------
    first, second
        The figures.
    first_interval, second_interval
        95 % intervals of each.
    """
    difference = second - first
    down = math.hypot(second - second_interval[0], first_interval[1] - first)
    up = math.hypot(second_interval[1] - second, first - first_interval[0])
    return difference - down, difference + up
