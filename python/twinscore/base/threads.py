"""How many threads to start."""

from __future__ import annotations

import os


def thread_count(threads: int | None = None) -> int:
    """Turn None or 0 into the number of processors that the process may use."""
    if threads:
        return threads
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
