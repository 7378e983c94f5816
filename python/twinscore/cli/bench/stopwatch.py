"""Seconds of this process, and how busy other jobs kept the machine meanwhile."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MACHINE = Path("/proc/stat")
IDLE_COLUMNS = (3, 4)
"""Of the first line of `MACHINE`: idle, and waiting for a disk."""
COLUMNS = 8
"""Those after count the time of guests, which is in user time already."""


class Stopwatch:
    """Adds up what blocks take that run while it does.

    Attributes
    ----------
    seconds
        On the wall.
    cpu_seconds
        Of all threads of this process.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self.cpu_seconds = 0.0
        self._machine_seconds: float | None = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Measure a block."""
        machine, cpu, wall = busy_seconds(), time.process_time(), time.perf_counter()
        yield
        self.seconds += time.perf_counter() - wall
        self.cpu_seconds += time.process_time() - cpu
        now = busy_seconds()
        if machine is None or now is None or self._machine_seconds is None:
            self._machine_seconds = None
        else:
            self._machine_seconds += now - machine

    @property
    def others(self) -> float | None:
        """Processors that other jobs took, on average; None where the system does not tell."""
        if self._machine_seconds is None or self.seconds == 0.0:
            return None
        return max(0.0, self._machine_seconds - self.cpu_seconds) / self.seconds


def busy_seconds() -> float | None:
    """Add up what all processors of the machine have worked since it was started."""
    if not MACHINE.exists():
        return None
    fields = MACHINE.read_text().partition("\n")[0].split()[1 : 1 + COLUMNS]
    ticks = sum(int(field) for column, field in enumerate(fields) if column not in IDLE_COLUMNS)
    return ticks / os.sysconf("SC_CLK_TCK")
