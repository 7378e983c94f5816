from __future__ import annotations

import os
import threading
import time

import pytest

from twinscore.streaming.fork_safe_lock import ForkSafeLock

pytestmark = pytest.mark.filterwarnings(
    "ignore:This process .* is multi-threaded:DeprecationWarning"
)


def test_a_forked_child_never_gets_half_a_change() -> None:
    lock = ForkSafeLock()
    halves = {"first": 0, "second": 0}
    is_half_done = threading.Event()

    def change() -> None:
        with lock.held:
            halves["first"] = 1
            is_half_done.set()
            time.sleep(0.2)
            halves["second"] = 1

    thread = threading.Thread(target=change)
    thread.start()
    is_half_done.wait()
    child = os.fork()
    if child == 0:
        with lock.held:
            os._exit(0 if halves == {"first": 1, "second": 1} else 1)
    thread.join()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_fork_leaves_the_lock_usable_in_the_parent() -> None:
    lock = ForkSafeLock()
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    taken = []

    def take() -> None:
        with lock.held:
            taken.append(True)

    thread = threading.Thread(target=take)
    thread.start()
    thread.join(timeout=10)
    assert taken == [True]
