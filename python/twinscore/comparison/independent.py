"""The difference of two numbers of which each has an interval of its own."""

from __future__ import annotations

import math

from twinscore.base.constants import Z_95


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


def independent_difference(
    first: float,
    first_interval: tuple[float, float],
    second: float,
    second_interval: tuple[float, float],
) -> tuple[tuple[float, float], float]:
    """Interval and two-sided p-value of second less first, from 95 % intervals of each."""
    difference = second - first
    low, high = independent_interval(first, first_interval, second, second_interval)
    toward_zero = difference - low if difference > 0.0 else high - difference
    z = Z_95 * abs(difference) / toward_zero if toward_zero > 0.0 else math.inf
    if difference == 0.0:
        z = 0.0
    return (low, high), math.erfc(z / math.sqrt(2.0))
