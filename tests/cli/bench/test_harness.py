"""A bench judges what backends found by the truth, not by what they say."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import pytest

import twinscore as ts
from point_sets import Points, clustered, gaussian
from twinscore.cli.bench import workload as workload_module
from twinscore.cli.bench.harness import run_cases
from twinscore.cli.bench.record import Record, record_from_json
from twinscore.cli.bench.workload import (
    Workload,
    made_sides,
    recall,
    score_of,
    true_neighbors,
    without_ties,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def points() -> Points:
    return clustered(np.random.default_rng(0), 600, 8)


@pytest.fixture(scope="module")
def records(points: Points, tmp_path_factory: pytest.TempPathFactory) -> list[Record]:
    workload = Workload("clusters", points, made_sides(points))
    cache = tmp_path_factory.mktemp("cache")
    names = ["exact", "exact:k=3"]
    return list(run_cases(workload, names, [1, 5], cache, threads=1, repeats=2))


def test_every_backend_is_measured_at_every_k(records: list[Record]) -> None:
    assert [(record.case.backend, record.case.k) for record in records] == [
        ("exact", 1),
        ("exact:k=3", 1),
        ("exact", 5),
        ("exact:k=3", 5),
    ]
    assert all(record.case.rows == 600 and record.case.columns == 8 for record in records)


def test_the_exact_backend_misses_nothing(records: list[Record]) -> None:
    for record in records[::2]:
        assert record.failure is None
        assert record.measurement is not None
        assert (record.recall, record.score_error) == (1.0, 0.0)
        assert record.measurement.build_seconds == 0.0 < record.measurement.query_seconds
        assert len(record.measurement.total_seconds) == 2


def test_of_an_index_building_and_asking_are_told_apart(points: Points, tmp_path: Path) -> None:
    pytest.importorskip("hnswlib", reason="needs the package of hnsw")
    workload = Workload("clusters", points, made_sides(points))
    (record,) = run_cases(workload, ["hnsw"], [3], tmp_path, threads=1, repeats=1)
    assert record.failure is None
    assert record.measurement is not None
    assert record.measurement.build_seconds > 0.0 < record.measurement.query_seconds
    assert record.recall is not None
    assert record.recall > 0.95


def test_a_backend_that_fails_is_recorded_with_the_reason_and_stops_no_other(
    records: list[Record],
) -> None:
    for record in records[1::2]:
        assert record.measurement is None
        assert record.failure == "expected a setting of exact (none), got 'k=3'"


def test_a_backend_that_takes_too_long_is_stopped(points: Points, tmp_path: Path) -> None:
    workload = Workload("clusters", points, made_sides(points))
    (record,) = run_cases(workload, ["exact"], [1], tmp_path, threads=1, most_seconds=0.01)
    assert record.failure == "stopped after 0.01 s"


def test_records_survive_being_written(records: list[Record]) -> None:
    assert [record_from_json(record.to_json()) for record in records] == records


def test_recall_counts_neighbors_as_near_as_the_true_ones(points: Points) -> None:
    true = ts.self_knn(points, 4)
    assert recall(points, true.ids[:, ::-1], true) == 1.0
    wrong = true.ids.copy()
    fifth = ts.self_knn(points, 5).ids[:, 4]
    wrong[:300, 0] = fifth[:300]
    assert recall(points, wrong, true) == pytest.approx(1 - 300 / 2_400)


def test_copies_of_the_true_neighbor_are_as_good_as_itself() -> None:
    points = np.repeat(gaussian(np.random.default_rng(1), 50, 4), 3, axis=0)
    true = ts.self_knn(points, 1)
    other = np.arange(150) // 3 * 3 + (np.arange(150) + 2) % 3
    assert (other != true.ids[:, 0]).any()
    assert recall(points, other[:, None], true) == 1.0


@pytest.mark.parametrize("column", [[0, 1], [2, 2]])
def test_a_point_itself_or_one_twice_is_no_answer(points: Points, column: list[int]) -> None:
    ids = np.tile(column, (600, 1))
    with pytest.raises(ValueError, match="its own neighbor, or one neighbor twice"):
        recall(points, ids, ts.self_knn(points, 2))


def test_the_truth_is_found_once_and_kept_by_content(
    points: Points, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = true_neighbors(points, 3, tmp_path)
    monkeypatch.setattr(workload_module, "self_knn", None)
    kept = true_neighbors(points.copy(), 3, tmp_path)
    for field in dataclasses.fields(first):
        np.testing.assert_array_equal(getattr(kept, field.name), getattr(first, field.name))
    with pytest.raises(TypeError):
        true_neighbors(points + np.float32(0.5), 3, tmp_path)
    assert len(list(tmp_path.iterdir())) == 1


def test_a_wrong_truth_is_noticed(
    points: Points, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worse = ts.self_knn(points, 2)
    second = ts.Neighbors(
        worse.distances[:, 1:], worse.ids[:, 1:], worse.tie_offsets, worse.tie_ids
    )
    monkeypatch.setattr(workload_module, "self_knn", lambda *_args, **_options: second)
    with pytest.raises(AssertionError, match="the exact search is wrong about point"):
        true_neighbors(points, 1, tmp_path)


def test_made_sides_score_between_told_apart_and_mixed() -> None:
    points = gaussian(np.random.default_rng(2), 4_000, 6)
    is_real = made_sides(points)
    assert 0.45 < is_real.mean() < 0.55
    assert 0.5 < score_of(ts.self_knn(points), is_real) < 0.95


def test_ids_alone_score_as_the_neighbors_they_are(points: Points) -> None:
    is_real = made_sides(points)
    true = ts.self_knn(points, 3)
    assert score_of(without_ties(true.ids), is_real) == score_of(true, is_real)
