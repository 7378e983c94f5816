from __future__ import annotations

import os

import pytest

from twinscore.base.threads import thread_count


@pytest.mark.parametrize("threads", [None, 0])
def test_all_processors_are_those_that_the_process_may_use(
    threads: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {3, 5, 8}, raising=False)
    assert thread_count(threads) == 3


def test_a_number_asked_for_is_that_number() -> None:
    assert thread_count(5) == 5
