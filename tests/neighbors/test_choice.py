"""The backend "auto" chooses what is quick enough, and says why."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pytest

import twinscore as ts
from twinscore.neighbors import choice as automatic
from twinscore.neighbors.backend import Capabilities
from twinscore.neighbors.choice import choose_backend
from twinscore.neighbors.cost_model import predicted_seconds, probe_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from twinscore.neighbors.problem import SearchProblem

POINTS = np.random.default_rng(0).standard_normal((900, 12), dtype=np.float32)


def expect(monkeypatch: pytest.MonkeyPatch, **seconds: float) -> None:
    """Set what the cost model says of each backend, and which packages there are."""
    monkeypatch.setattr(automatic, "predicted_seconds", lambda name, *_: seconds[name])
    monkeypatch.setattr(automatic, "_has_gpu", lambda: "torch" in seconds)
    there = {"hnswlib"} if "hnsw" in seconds else set[str]()
    monkeypatch.setattr(automatic, "find_spec", lambda name: name in there or None)


def test_a_small_pool_is_searched_exactly() -> None:
    choice = choose_backend(POINTS, 1, 1)
    assert choice.backend == "exact"
    assert choice.seconds < 10.0
    assert choice.reason.startswith("900 points of 12 columns: exact search in about")


@pytest.mark.parametrize(
    ("seconds", "grouped", "backend"),
    [
        ({"exact": 100.0, "hnsw": 1.0}, False, "exact"),
        ({"exact": 4_000.0, "hnsw": 500.0}, False, "hnsw"),
        ({"exact": 4_000.0, "hnsw": 2_000.0}, False, "exact"),
        ({"exact": 4_000.0, "hnsw": 500.0}, True, "exact"),
        ({"exact": 4_000.0}, False, "exact"),
        ({"exact": 4_000.0, "hnsw": 5.0, "torch": 30.0}, True, "torch:device=cuda"),
        ({"exact": 4_000.0, "torch": 9_000.0}, False, "exact"),
    ],
)
def test_a_large_pool_goes_where_it_is_worth_it(
    monkeypatch: pytest.MonkeyPatch, seconds: dict[str, float], grouped: bool, backend: str
) -> None:
    expect(monkeypatch, **seconds)
    assert choose_backend(POINTS, 1, 1, grouped=grouped).backend == backend


def test_an_index_that_does_not_fit_into_memory_is_not_chosen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expect(monkeypatch, exact=4_000.0, hnsw=50.0)
    monkeypatch.setattr(automatic, "available_bytes", lambda: 1_000)
    choice = choose_backend(POINTS, 1, 1)
    assert choice.backend == "exact"
    assert "memory" in choice.reason


def test_what_was_chosen_is_logged_and_kept_in_the_result(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.INFO, "twinscore"):
        result = ts.score(POINTS[:400], POINTS[400:], backend="auto")
    assert result.backend == "exact"
    assert result.choice is not None
    assert result.choice in caplog.text
    assert ts.score(POINTS[:400], POINTS[400:]).choice is None


def test_a_pool_too_large_to_search_is_sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    expect(monkeypatch, exact=4_000.0)
    result = ts.score(POINTS[:400], POINTS[400:], backend="auto")
    assert result.sampling is not None
    assert result.sampling["precision"] == 0.01
    assert result.choice is not None
    assert "a sample scored to ± 0.01 instead" in result.choice
    groups: dict[str, Any] = {"real_groups": np.arange(400) // 2}
    grouped = ts.score(POINTS[:400], POINTS[400:], backend="auto", **groups)
    assert grouped.sampling is None


def test_auto_finds_the_neighbors_of_what_it_chose() -> None:
    for groups in (None, np.arange(900) // 3):
        chosen = ts.self_knn(POINTS, 4, groups, backend="auto")
        np.testing.assert_array_equal(chosen.ids, ts.self_knn(POINTS, 4, groups).ids)
    chosen = ts.knn(POINTS[:50], POINTS, 2, backend="auto")
    np.testing.assert_array_equal(chosen.ids, ts.knn(POINTS[:50], POINTS, 2).ids)


@dataclass
class Clocked:
    """A backend that takes a known time by a clock that nothing else moves."""

    seconds: Callable[[int], float]
    now: float = 0.0
    capabilities: ClassVar[Capabilities] = Capabilities()

    def search(self, problem: SearchProblem, threads: int, progress: object) -> Any:  # noqa: ARG002
        self.now += self.seconds(len(problem.reference))


@pytest.mark.parametrize(
    ("name", "seconds", "expected"),
    [
        ("exact", lambda rows: 1e-9 * rows**2, 1e-9 * 400_000**2),
        ("exact", lambda rows: 1e-8 * rows**1.7, 1e-8 * 400_000**1.7),
        # Preparing takes most of a small search: it says little of how a large one grows.
        ("exact", lambda rows: 1e-6 * rows, 0.024 * (400_000 / 24_000) ** 1.5),
        ("hnsw", lambda rows: 1e-5 * rows**1.25, 1e-5 * 400_000**1.25),
        ("torch", lambda rows: 1e-9 * rows**2, 1e-9 * 400_000**2),
    ],
)
def test_predictions_grow_as_the_probes_do_within_what_was_measured(
    name: str, seconds: Callable[[int], float], expected: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = Clocked(seconds)
    monkeypatch.setattr("twinscore.neighbors.cost_model.time.perf_counter", lambda: backend.now)
    points = np.zeros((400_000, 1), dtype=np.float32)
    assert predicted_seconds(name, backend, points, 1, 1) == pytest.approx(expected)


def test_probes_are_spread_over_all_points() -> None:
    assert len(probe_rows(60_000, 6_000)) == 6_000
    assert probe_rows(60_000, 6_000).max() == 59_999
    assert probe_rows(5, 5).tolist() == [0, 1, 2, 3, 4]
