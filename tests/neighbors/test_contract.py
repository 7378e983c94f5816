"""Arguments of neighbor search: bad ones give one clear error, long searches can be stopped."""

from __future__ import annotations

import os
import signal
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import Any

import numpy as np
import pytest

import twinscore as ts

POINTS = np.arange(12, dtype=np.float32).reshape(6, 2)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"points": POINTS, "k": 6}, ValueError, r"k of at most 5, .* got k = 6"),
        ({"points": POINTS, "k": 0}, ValueError, "k of at least 1, got 0"),
        ({"points": POINTS, "k": 1.5}, TypeError, "whole number, got 1.5"),
        ({"points": POINTS, "k": 1, "threads": 0}, ValueError, "threads of at least 1, got 0"),
        (
            {"points": POINTS, "k": 1, "backend": "magic"},
            ValueError,
            "backend of exact, .* got .magic.",
        ),
        ({"points": POINTS[0], "k": 1}, ValueError, r"2 dimensions .* got shape \(2,\)"),
        ({"points": POINTS.astype(int), "k": 1}, TypeError, "floating-point numbers, got int64"),
        ({"points": POINTS[:, :0], "k": 1}, ValueError, "at least one column, got none"),
        ({"points": POINTS, "k": 1, "groups": [1, 2]}, ValueError, "one group for each of the 6"),
        ({"points": POINTS, "k": 2, "groups": [0] * 5 + [1]}, ValueError, "at most 1.* row 0"),
    ],
)
def test_a_bad_argument_gives_one_clear_error(
    arguments: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        ts.self_knn(**arguments)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_not_finite_is_named_by_its_row(bad: float) -> None:
    points = POINTS.copy()
    points[4, 1] = bad
    with pytest.raises(ValueError, match=r"finite values, got .* row 4 of reference"):
        ts.self_knn(points)
    with pytest.raises(ValueError, match=r"finite values, got .* row 4 of queries"):
        ts.knn(points, POINTS)


def test_widths_that_differ_are_both_named() -> None:
    with pytest.raises(ValueError, match=r"as wide as the reference \(2\), got 1"):
        ts.knn(POINTS[:, :1], POINTS)


def test_groups_for_one_side_only_are_refused() -> None:
    with pytest.raises(ValueError, match="both queries and reference"):
        ts.knn(POINTS, POINTS, query_groups=range(6))


def test_an_unknown_kernel_names_those_that_would_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWINSCORE_KERNEL", "abacus")
    with pytest.raises(ValueError, match=r"portable.* got 'abacus'"):
        ts.self_knn(POINTS)


def test_no_queries_give_an_empty_answer() -> None:
    assert ts.knn(POINTS[:0], POINTS, k=2).ids.shape == (0, 2)


def random_points(n: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.random.default_rng(0).standard_normal((n, 256), dtype=np.float32)


def test_ctrl_c_stops_a_search_within_a_second() -> None:
    points = random_points(150_000)
    sent: list[float] = []

    def interrupt() -> None:
        sent.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    timer = threading.Timer(0.5, interrupt)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        ts.self_knn(points)
    assert time.monotonic() - sent[0] < 1.0
    timer.join()


def test_progress_grows_to_its_total() -> None:
    seen: list[tuple[int, int]] = []
    ts.self_knn(random_points(8_000), progress=lambda done, total: seen.append((done, total)))
    done = [step for step, _ in seen]
    assert done == sorted(done)
    assert seen[-1][0] == seen[-1][1]


def test_an_error_in_the_progress_callback_stops_the_search() -> None:
    def fail(_done: int, _total: int) -> None:
        raise RuntimeError("the display broke")

    with pytest.raises(RuntimeError, match="the display broke"):
        ts.self_knn(random_points(8_000), progress=fail)


def nearest_ids(points: np.ndarray[Any, np.dtype[np.float32]]) -> list[int]:
    ids: list[int] = ts.self_knn(points, threads=2).ids.ravel().tolist()
    return ids


@pytest.mark.parametrize("method", ["fork", "spawn"])
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_workers_may_search_however_they_were_started(method: str) -> None:
    points = random_points(500)
    expected = nearest_ids(points)
    with ProcessPoolExecutor(2, mp_context=get_context(method)) as workers:
        assert list(workers.map(nearest_ids, [points, points])) == [expected, expected]


def test_calls_at_the_same_time_do_not_disturb_each_other() -> None:
    pools = [random_points(n) for n in (300, 500, 700, 900)]
    expected = [nearest_ids(pool) for pool in pools]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(nearest_ids, pools)) == expected
