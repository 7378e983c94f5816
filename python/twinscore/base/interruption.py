"""Changes that Ctrl-C and SIGTERM may come before or after, but not in the middle of."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, TracebackType

    Handler = Callable[[int, FrameType | None], object]


class interrupts_postponed:  # noqa: N801  # A context manager, read like a word.
    """Lets what must happen as a whole finish before a signal stops the program.

    Handlers of SIGINT and SIGTERM that are Python functions run at the end instead of in between;
    a signal that came several times is handled once, as the system does with one that waits. Only
    the main thread ever runs handlers. For what takes a fraction of a second.

    Notes
    -----
    Safe against any number of signals at any moment. Python runs handlers after a call, when a
    function begins and when a loop goes round; never between the other steps of a function. Hence:

    - While the section is closed, its gates stand in for the handlers and raise nothing. It
      becomes closed in one step, after the last gate is in place; it becomes open in one step that
      a ``finally`` always takes.
    - A handler that was just put back may raise while the other is not back yet. Each of several
      nested ``finally`` puts back what is left. A gate that remains in spite of all is open: it
      puts the handler back itself and hands on what comes.
    - What came is sent once more, by the system, which forgets nothing.
    """

    def __init__(self) -> None:
        self.is_closed = False
        self._interrupt: _Gate | None = None
        self._terminate: _Gate | None = None

    def __enter__(self) -> Self:
        """Close the gates."""
        if threading.current_thread() is not threading.main_thread():
            return self
        self._interrupt = _gate_of(signal.SIGINT, self)
        self._terminate = _gate_of(signal.SIGTERM, self)
        try:
            _put_in_place(self._interrupt)
            _put_in_place(self._terminate)
            self.is_closed = True
        except BaseException:
            try:
                self._put_back()
            finally:
                try:
                    self._put_back()
                finally:
                    self._put_back()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Open the gates, and let through what came."""
        try:
            self._put_back()
        finally:
            self.is_closed = False
            try:
                self._put_back()
            finally:
                try:
                    self._put_back()
                finally:
                    try:
                        if self._interrupt is not None and self._interrupt.has_come:
                            signal.raise_signal(signal.SIGINT)
                    finally:
                        if self._terminate is not None and self._terminate.has_come:
                            signal.raise_signal(signal.SIGTERM)

    def _put_back(self) -> None:
        try:
            _put_handler_back(self._interrupt)
        finally:
            _put_handler_back(self._terminate)


class _Gate:
    """A handler that keeps a signal while its section is closed."""

    def __init__(self, number: int, handler: Handler, section: interrupts_postponed) -> None:
        self.number = number
        self.handler = handler
        self.section = section
        self.has_come = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        if self.section.is_closed:
            self.has_come = True
            return
        try:
            _put_handler_back(self)
        finally:
            self.handler(number, frame)


def _gate_of(number: int, section: interrupts_postponed) -> _Gate | None:
    """Return a gate for a signal; None where no Python function handles it."""
    handler = signal.getsignal(number)
    while isinstance(handler, _Gate) and not handler.section.is_closed:
        handler = handler.handler
    return _Gate(number, handler, section) if callable(handler) else None


def _put_in_place(gate: _Gate | None) -> None:
    if gate is not None:
        signal.signal(gate.number, gate)


def _put_handler_back(gate: _Gate | None) -> None:
    if gate is None:
        return
    current: object = signal.getsignal(gate.number)
    if current is gate:
        signal.signal(gate.number, gate.handler)
