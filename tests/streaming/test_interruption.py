from __future__ import annotations

import os
import signal
import threading

import pytest

from twinscore.streaming.interruption import interrupts_postponed


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_ctrl_c_comes_after_what_must_happen_as_a_whole() -> None:
    steps = []

    def change() -> None:
        with interrupts_postponed():
            interrupt()
            steps.append("whole")
        steps.append("after")

    with pytest.raises(KeyboardInterrupt):
        change()
    assert steps == ["whole"]


def test_inner_changes_wait_for_the_outer_one() -> None:
    steps = []

    def change() -> None:
        with interrupts_postponed():
            with interrupts_postponed():
                interrupt()
            steps.append("outer")

    with pytest.raises(KeyboardInterrupt):
        change()
    assert steps == ["outer"]


def test_handlers_are_those_from_before() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with interrupts_postponed():
        assert signal.getsignal(signal.SIGINT) != before[0]
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_other_threads_have_no_signals_to_postpone() -> None:
    entered = []

    def change() -> None:
        with interrupts_postponed():
            entered.append(True)

    thread = threading.Thread(target=change)
    thread.start()
    thread.join()
    assert entered == [True]
