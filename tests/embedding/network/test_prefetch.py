"""Work ahead of the consumer: in order, within a bound, gone when the consumer is."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from twinscore.embedding.network.prefetch import prefetch

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_results_keep_the_order_of_the_items() -> None:
    def slow_when_even(number: int) -> int:
        time.sleep(0.002 if number % 2 == 0 else 0)
        return number * number

    results = prefetch(slow_when_even, range(60), workers=4, ahead=16)
    assert list(results) == [number * number for number in range(60)]


@pytest.mark.parametrize("ahead", [1, 3, 10])
def test_no_more_items_are_taken_than_the_bound(ahead: int) -> None:
    taken = 0

    def count() -> Iterator[int]:
        nonlocal taken
        for number in range(50):
            taken += 1
            yield number

    for done, _ in enumerate(prefetch(abs, count(), workers=2, ahead=ahead)):
        assert taken - done <= ahead


def test_error_of_the_function_is_raised_in_its_turn() -> None:
    results = prefetch(lambda number: 1 // number, [1, 1, 0, 1], workers=2, ahead=4)
    assert [next(results), next(results)] == [1, 1]
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_closing_cancels_what_has_not_started() -> None:
    started: list[int] = []
    gate = threading.Event()

    def wait(number: int) -> int:
        started.append(number)
        if number > 0:
            gate.wait(timeout=10)
        return number

    with closing(prefetch(wait, range(1000), workers=1, ahead=100)) as results:
        assert next(results) == 0
    gate.set()
    deadline = time.monotonic() + 5
    while any("twinscore-prefetch" in thread.name for thread in threading.enumerate()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert len(started) <= 2
