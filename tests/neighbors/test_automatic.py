"""The backend "auto" chooses what is quick enough, and says why."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
import pytest

import twinscore as ts
from twinscore.neighbors import automatic
from twinscore.neighbors.automatic import choose_backend
from twinscore.neighbors.cost_model import predicted_seconds, probe_rows
from twinscore.neighbors.registry import open_backend

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


def test_predictions_grow_with_the_pool() -> None:
    backend = open_backend("exact")
    points = np.random.default_rng(1).standard_normal((60_000, 16), dtype=np.float32)
    small, large = (
        predicted_seconds("exact", backend, part, 1, 1) for part in (points[:8_000], points)
    )
    assert large > 5 * small
    assert len(probe_rows(60_000)) == 6_000
    assert probe_rows(60_000).max() == 59_999
