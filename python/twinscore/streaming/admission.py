"""Between the stream and the reservoir: a queue, so that small batches cost little."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twinscore.base.interruption import interrupts_postponed
from twinscore.streaming.reservoir import Arrivals

if TYPE_CHECKING:
    from twinscore.streaming.register import Register
    from twinscore.streaming.reservoir import Reservoir

ROWS_AT_ONCE = 16_384
"""A longer batch is taken in parts, so that its size sets no memory."""

FEWEST_WAITING = 1_024
WAITING_SHARE = 1 / 16
"""Arrivals wait until they outgrow both of these, or until somebody looks."""


class Admission:
    """Counts what comes and hands it to a reservoir, now or later.

    Parameters
    ----------
    register
        Counts.
    reservoir
        Keeps.
    """

    def __init__(self, register: Register, reservoir: Reservoir) -> None:
        self._register = register
        self._reservoir = reservoir
        self._waiting: list[Arrivals] = []

    def take(self, arrivals: Arrivals) -> None:
        """Take what the register has entered."""
        for start in range(0, len(arrivals), ROWS_AT_ONCE):
            self._take(arrivals.part(start, start + ROWS_AT_ONCE))

    def settle(self) -> None:
        """Hand over all that waits."""
        if self._waiting:
            with interrupts_postponed():
                waiting, self._waiting = Arrivals.joined(self._waiting), []
                self._reservoir.admit(waiting)

    def _take(self, arrivals: Arrivals) -> None:
        reservoir = self._reservoir
        if arrivals.ids is not None:
            self.settle()
            names = [name for name in arrivals.ids if name is not None]
            fresh = set(names) - reservoir.names
            self._register.seen += len(arrivals) - len(names) + len(fresh)
            reservoir.admit(arrivals)
            return
        self._register.seen += len(arrivals)
        hopeful = np.flatnonzero(arrivals.priorities < reservoir.threshold)
        if len(hopeful):
            # Copies: the caller may use its batch again.
            self._waiting.append(arrivals.chosen(hopeful))
        waiting = sum(map(len, self._waiting))
        if waiting > max(FEWEST_WAITING, WAITING_SHARE * reservoir.capacity):
            self.settle()
