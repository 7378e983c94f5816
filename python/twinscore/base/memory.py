"""How much memory there is, and how much may be used."""

from __future__ import annotations

import os
import re
from typing import Any

from twinscore.base.counts import checked_count

_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(?:iB|B)?", re.IGNORECASE)


def available_bytes() -> int:
    """Return how much memory this machine has left; without a way to know, a lot."""
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError, AttributeError):
        return 1 << 62


def bytes_of(size: Any, name: str = "memory") -> int:
    """Read an amount of memory: a number of bytes, or "4GiB", "512 MiB", "1.5G".

    Raises
    ------
    ValueError, TypeError
        It is none; the message begins with the name.
    """
    if not isinstance(size, str):
        return checked_count(size, name)
    found = _SIZE.fullmatch(size.strip())
    number = 0 if found is None else int(float(found[1]) * _UNITS[found[2].upper()])
    if number < 1:
        raise ValueError(f"expected {name} like 4GiB or 512MiB, got {size!r}")
    return number


def size_text(size: int) -> str:
    """Write an amount of memory so that `bytes_of` reads no less: "1.5GiB"."""
    for unit, one in (("GiB", 1 << 30), ("MiB", 1 << 20)):
        if size >= one:
            return f"{-(-10 * size // one) / 10:g}{unit}"
    return f"{-(-size // 1024)}KiB"
