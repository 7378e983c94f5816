"""Tasks on workers: bounded, cancelled, in order where that is asked for."""

from __future__ import annotations

import socket
import subprocess
import sys
from contextlib import closing
from operator import mul, truediv
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_workers import FakeWorkers
from twinscore.base.errors import MissingExtraError
from twinscore.base.workers import opening
from twinscore.base.workers.protocol import WorkerNeeds
from twinscore.base.workers.tasks import AHEAD, HELD_BACK, as_finished, in_order

if TYPE_CHECKING:
    from collections.abc import Iterator


@given(seed=st.integers(0, 2**32 - 1), tasks=st.integers(0, 40), count=st.integers(1, 4))
def test_every_task_is_done_whatever_the_order_and_whoever_dies(
    seed: int, tasks: int, count: int
) -> None:
    random = np.random.default_rng(seed)
    wanted = [2 * i for i in range(tasks)]
    for_order = FakeWorkers(random, count, deaths=0.3)
    assert list(in_order(for_order, mul, ((2, i) for i in range(tasks)))) == wanted
    assert for_order.most_begun <= HELD_BACK * count
    workers = FakeWorkers(random, count, deaths=0.3)
    found = dict(as_finished(workers, mul, ((2, i) for i in range(tasks))))
    assert [found[i] for i in range(tasks)] == wanted
    assert workers.most_begun <= AHEAD * count


def test_no_more_is_taken_than_may_wait_for_its_turn() -> None:
    taken = 0

    def arguments() -> Iterator[tuple[int, int]]:
        nonlocal taken
        while True:
            taken += 1
            yield 1, taken

    workers = FakeWorkers(np.random.default_rng(0), count=2)
    with closing(in_order(workers, mul, arguments())) as results:
        for number in range(1, 50):
            assert next(results) == number
            assert taken <= number + HELD_BACK * 2


@pytest.mark.parametrize("walk", [as_finished, in_order])
def test_an_error_of_a_task_is_raised_and_cancels_the_others(walk: object) -> None:
    workers = FakeWorkers(np.random.default_rng(0))
    assert callable(walk)
    with pytest.raises(ZeroDivisionError):
        list(walk(workers, truediv, ((1, i % 2) for i in range(10))))
    assert not workers.begun


@pytest.mark.parametrize("walk", [as_finished, in_order])
def test_who_stops_asking_cancels_the_others(walk: object) -> None:
    workers = FakeWorkers(np.random.default_rng(0))
    assert callable(walk)
    with closing(walk(workers, mul, ((1, i) for i in range(10)))) as results:
        next(results)
    assert not workers.begun


def test_this_process_does_every_task() -> None:
    with opening.opened_workers(opening.HERE, WorkerNeeds()) as workers:
        assert list(in_order(workers, mul, ((3, i) for i in range(5)))) == [0, 3, 6, 9, 12]


@pytest.mark.parametrize("workers", ["ray", "ray://127.0.0.1:10001"])
def test_without_ray_one_line_tells_how_to_install_it(
    workers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twinscore.base.extras.find_spec", lambda _name: None)
    with pytest.raises(MissingExtraError, match=r"workers 'ray.*\[ray\]'"):
        opening.check_workers(workers)


def test_a_search_alone_brings_in_nothing_of_workers_on_ray() -> None:
    code = (
        "import sys, numpy as np, twinscore as ts;"
        "ts.self_knn(np.eye(4, dtype='f4'));"
        "of_ray = ('ray', 'grpc', 'twinscore.base.workers.ray');"
        "sys.exit(any(name.startswith(of_ray) for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("scheme", ["ray://", ""])
def test_an_address_at_which_nobody_listens_is_refused_at_once(
    scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("ray", reason="needs the extra ray")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"{scheme}127.0.0.1:{free.getsockname()[1]}"
        monkeypatch.setenv("RAY_ADDRESS", address)
        reason = f"no cluster of Ray at {address}: connection refused"
        with (
            pytest.raises(ConnectionError, match=reason),
            opening.connection_kept(address if scheme else "ray"),
        ):
            pass
