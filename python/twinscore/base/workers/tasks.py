"""Many tasks on a pool of workers: begun a bounded number ahead, cancelled when nobody asks."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from twinscore.base.workers.protocol import Workers

AHEAD = 2
"""Tasks begun for each worker: while one runs, the next is on its way."""

HELD_BACK = 4
"""Tasks begun or waiting for their turn, for each worker, where order is kept."""


def as_finished(
    workers: Workers, function: Callable[..., Any], arguments: Iterable[tuple[Any, ...]]
) -> Generator[tuple[int, Any], None, None]:
    """Yield the number of each task and its result as they are finished.

    Closing the generator, or an error, cancels the tasks that are not finished.

    Parameters
    ----------
    workers
        Who does them.
    function
        Of a module; called once for each of the arguments.
    arguments
        Consumed in the caller's thread, those of a task when it is begun.
    """
    waiting: dict[Any, int] = {}
    numbered = enumerate(arguments)
    try:
        while True:
            for number, given in islice(numbered, max(0, AHEAD * workers.count - len(waiting))):
                waiting[workers.submit(function, given)] = number
            if not waiting:
                return
            done = workers.wait(list(waiting))
            result = workers.result(done)
            yield waiting.pop(done), result
    finally:
        workers.cancel(list(waiting))


def in_order(
    workers: Workers, function: Callable[..., Any], arguments: Iterable[tuple[Any, ...]]
) -> Generator[Any, None, None]:
    """Yield the results of tasks in the order of their arguments; see `as_finished`.

    At most `HELD_BACK` results for each worker wait for their turn: no more tasks are begun then.
    """
    yielded = 0
    began = 0

    def begun() -> Generator[tuple[Any, ...], None, None]:
        nonlocal began
        for given in arguments:
            began += 1
            yield given

    waiting: dict[Any, int] = {}
    held: dict[int, Any] = {}
    numbered = enumerate(begun())
    try:
        while True:
            room = HELD_BACK * workers.count - (began - yielded)
            for number, given in islice(numbered, max(0, room)):
                waiting[workers.submit(function, given)] = number
            if yielded in held:
                yield held.pop(yielded)
                yielded += 1
                continue
            if not waiting:
                return
            done = workers.wait(list(waiting))
            held[waiting[done]] = workers.result(done)
            del waiting[done]
    finally:
        workers.cancel(list(waiting))
