"""Apply a function to a stream ahead of its consumer, in order and within a bound."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

Item = TypeVar("Item")
Result = TypeVar("Result")


def prefetch(
    function: Callable[[Item], Result], items: Iterable[Item], *, workers: int, ahead: int
) -> Generator[Result, None, None]:
    """Yield ``function(item)`` in the order of the items.

    ``items`` is consumed by the caller's thread only, and at most ``ahead`` items are taken from
    it beyond those yielded. When the generator is closed, what has not started is cancelled and
    nothing is waited for; an exception at the consumer does not close it, ``closing`` does.

    Parameters
    ----------
    function
        Called in ``workers`` threads; what it raises is raised here in the item's turn.
    items
        Of any length.
    workers, ahead
        At least 1.
    """
    pool = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="twinscore-prefetch")
    pending: deque[Future[Result]] = deque()
    try:
        for item in items:
            pending.append(pool.submit(function, item))
            del item  # or it would outlive its turn
            if len(pending) >= ahead:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
