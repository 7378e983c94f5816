"""Whole numbers that callers give."""

from __future__ import annotations

from typing import Any

import numpy as np

from twinscore.base.errors import SettingError


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
