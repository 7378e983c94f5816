"""The difference of two numbers of which each has an interval of its own."""

from __future__ import annotations

import math

from twinscore.base.constants import Z_95


def independent_difference(
    first: float,
    first_interval: tuple[float, float],
    second: float,
    second_interval: tuple[float, float],
) -> tuple[tuple[float, float], float]:
    """Interval and two-sided p-value of second less first, from 95 % intervals of each."""
    difference = second - first
    down = math.hypot(second - second_interval[0], first_interval[1] - first)
    up = math.hypot(second_interval[1] - second, first - first_interval[0])
    toward_zero = down if difference > 0.0 else up
    z = Z_95 * abs(difference) / toward_zero if toward_zero > 0.0 else math.inf
    if difference == 0.0:
        z = 0.0
    return (difference - down, difference + up), math.erfc(z / math.sqrt(2.0))
