"""How much memory there is."""

from __future__ import annotations

import os


def available_bytes() -> int:
    """Return how much memory this machine has left; without a way to know, a lot."""
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError, AttributeError):
        return 1 << 62
