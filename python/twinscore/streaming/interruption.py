"""Changes that Ctrl-C may come before or after, but not in the middle of."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    Handler = Callable[[int, FrameType | None], object]

STOPPING = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def interrupts_postponed() -> Iterator[None]:
    """Let what must happen as a whole finish before a signal stops the program.

    Handlers of SIGINT and SIGTERM that are Python functions run at the end instead of in between;
    only the main thread ever runs them. For what takes a fraction of a second.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handlers: dict[int, Handler] = {}
    arrived: list[tuple[int, FrameType | None]] = []
    try:
        for stopping in STOPPING:
            handler = signal.getsignal(stopping)
            if callable(handler):
                handlers[stopping] = handler
                signal.signal(stopping, lambda *arguments: arrived.append(arguments))
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for number, frame in arrived:
            handlers[number](number, frame)
