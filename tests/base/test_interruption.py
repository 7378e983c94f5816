from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

import twinscore as ts
from twinscore.base.interruption import interrupts_postponed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


class Terminated(BaseException):
    """What the handler of SIGTERM raises here."""


def terminate(_number: int, _frame: FrameType | None) -> None:
    terminations.append(time.monotonic())
    raise Terminated


terminations: list[float] = []


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, terminate)
    terminations.clear()
    yield
    signal.signal(signal.SIGINT, before[0])
    signal.signal(signal.SIGTERM, before[1])


def handlers_are_back() -> bool:
    return (
        signal.getsignal(signal.SIGINT) is signal.default_int_handler
        and signal.getsignal(signal.SIGTERM) is terminate
    )


def press(*numbers: int) -> None:
    for number in numbers:
        os.kill(os.getpid(), number)


def test_a_signal_waits_for_the_end_of_the_section() -> None:
    steps = []

    def change() -> None:
        with interrupts_postponed():
            press(signal.SIGINT)
            steps.append("after the signal")

    with pytest.raises(KeyboardInterrupt):
        change()
    assert steps == ["after the signal"]
    assert handlers_are_back()


@pytest.mark.parametrize(
    "numbers",
    [
        (signal.SIGINT, signal.SIGTERM),
        (signal.SIGTERM, signal.SIGINT),
        (signal.SIGINT, signal.SIGINT, signal.SIGTERM, signal.SIGTERM),
    ],
)
def test_none_of_several_signals_is_lost(numbers: tuple[int, ...]) -> None:
    with pytest.raises((Terminated, KeyboardInterrupt)), interrupts_postponed():
        press(*numbers)
    assert len(terminations) == 1
    assert handlers_are_back()


def test_a_section_within_a_section_waits_for_the_outer_one() -> None:
    steps = []

    def change() -> None:
        with interrupts_postponed():
            with interrupts_postponed():
                press(signal.SIGTERM)
                steps.append("inner")
            steps.append("outer")

    with pytest.raises(Terminated):
        change()
    assert steps == ["inner", "outer"]
    assert handlers_are_back()


def test_a_handler_that_is_no_function_stays_as_it_is() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with interrupts_postponed():
        press(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN


def test_an_error_in_the_section_puts_the_handlers_back() -> None:
    with pytest.raises(ZeroDivisionError), interrupts_postponed():
        raise ZeroDivisionError
    assert handlers_are_back()


def test_other_threads_change_no_handler() -> None:
    seen = []

    def work() -> None:
        with interrupts_postponed():
            seen.append(handlers_are_back())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [True]


SENDER = """
import os, random, signal, sys, time
target, count, seed = map(int, sys.argv[1:])
chance = random.Random(seed)
for _ in range(count):
    until = time.perf_counter() + chance.uniform(0.0, 0.002)
    while time.perf_counter() < until:
        pass
    os.kill(target, chance.choice([signal.SIGINT, signal.SIGTERM]))
"""


class Stopped(BaseException):
    """What the handlers raise in a storm, where they may."""


class Weather:
    """Handlers that raise between two moments, and nowhere else: the test itself has to stand."""

    def __init__(self) -> None:
        self.may_raise = False
        self.stops = 0
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.handle)

    def handle(self, _number: int, _frame: FrameType | None) -> None:
        if self.may_raise:
            self.stops += 1
            raise Stopped

    def has_its_handlers(self) -> bool:
        return all(
            signal.getsignal(number) == self.handle for number in (signal.SIGINT, signal.SIGTERM)
        )


def lock_is_free(scorer: ts.StreamingScorer) -> bool:
    found = []

    def look() -> None:
        lock = scorer._lock._lock
        found.append(lock.acquire(timeout=5.0))
        if found[0]:
            lock.release()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    return found[0]


def stand(count: int, seed: int) -> None:
    """Change a scorer in a storm of signals; whatever they stop, nothing is half done."""
    random = np.random.default_rng(seed)
    real = random.standard_normal((50, 4)).astype(np.float32)
    batch = random.standard_normal((4, 4)).astype(np.float32)
    scorer = ts.StreamingScorer(real, capacity=100_000, threads=1)
    weather = Weather()
    begun = finished = astray = 0
    # On a busy machine signals that find none of our time run into one.
    while weather.stops <= count / 20:
        command = [sys.executable, "-c", SENDER, str(os.getpid()), str(count), str(seed)]
        with subprocess.Popen(command) as sender:
            while sender.poll() is None:
                try:
                    weather.may_raise = True
                    with interrupts_postponed():
                        begun += 1
                        sum(range(20))
                        finished += 1
                    scorer.update(batch)
                    scorer.n_kept  # noqa: B018
                    weather.may_raise = False
                except Stopped:
                    weather.may_raise = False
                astray += not weather.has_its_handlers()
    assert begun == finished
    assert astray == 0
    assert lock_is_free(scorer)
    assert scorer.n_kept == scorer.n_seen
    assert scorer.n_seen % len(batch) == 0


def test_a_storm_of_signals_leaves_no_lock_held_and_no_handler_astray() -> None:
    stand(300, seed=0)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_five_thousand_signals_leave_no_lock_held_and_no_handler_astray(seed: int) -> None:
    stand(1_000, seed=10 + seed)
