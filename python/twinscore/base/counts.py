"""Whole numbers that callers give."""

from __future__ import annotations

from typing import Any

import numpy as np

from twinscore.base.errors import SettingError

MOST_SEED = 2**64 - 1
"""Generators of the compiled core take so many seeds."""


def checked_count(value: Any, name: str, *, least: int = 1) -> int:
    """Return a whole number of at least `least`.

    Raises
    ------
    TypeError
        It is none; True and 1.0 are none either.
    SettingError
        It is smaller.
    """
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | np.integer):
        raise TypeError(f"expected {name} as a whole number, got {value!r}")
    if value < least:
        raise SettingError(f"expected {name} of at least {least}, got {value}")
    return int(value)


def checked_seed(value: Any) -> int:
    """Return a seed that every generator takes: a whole number of 64 bits.

    Raises
    ------
    TypeError
        It is no whole number.
    SettingError
        It is below 0, or has more bits.
    """
    seed = checked_count(value, "seed", least=0)
    if seed > MOST_SEED:
        raise SettingError(f"expected seed of at most 2**64 - 1, got {seed}")
    return seed
