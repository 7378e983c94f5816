"""An approximate search says what it does to the score, and is right about it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import twinscore as ts
from twinscore.graph.neighbor_graph import graph_of
from twinscore.graph.pool import Pool
from twinscore.graph.score import directed_score
from twinscore.measures.audit import audit_search
from twinscore.neighbors.records import Neighbors

POOL = 4_000


def spoiled(true: Neighbors, part: float, seed: int) -> Neighbors:
    """Some queries get their second neighbor for their first."""
    worse = np.random.default_rng(seed).random(len(true.ids)) < part
    ids = np.where(worse[:, None], true.ids[:, 1:], true.ids[:, :1])
    distances = np.where(worse[:, None], true.distances[:, 1:], true.distances[:, :1])
    return Neighbors(distances, ids, np.zeros(len(ids) + 1, np.int64), np.zeros(0, np.int64))


def pool() -> tuple[Any, Any]:
    points = np.random.default_rng(0).standard_normal((POOL, 8), dtype=np.float32)
    is_real = np.arange(POOL) < POOL // 4
    points[~is_real] *= 1.2
    return points, is_real


def test_recall_and_error_of_the_score_are_those_of_the_whole_pool(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("twinscore.measures.audit.QUERIES", 500)
    points, is_real = pool()
    true = ts.self_knn(points, 2)
    first = Neighbors(
        true.distances[:, :1], true.ids[:, :1], np.zeros(POOL + 1, np.int64), np.zeros(0, np.int64)
    )
    hits_of_error = hits_of_recall = 0
    for seed in range(60):
        found = spoiled(true, 0.3, seed)
        error = directed_score(graph_of(found), ~is_real) - directed_score(
            graph_of(first), ~is_real
        )
        recall = np.mean((found.ids == first.ids)[~is_real])
        audit = audit_search(found, Pool(points, is_real, None), 1, seed=seed)
        assert audit.queries == 500
        hits_of_error += audit.score_error_interval[0] <= error <= audit.score_error_interval[1]
        hits_of_recall += audit.recall_interval[0] <= recall <= audit.recall_interval[1]
    assert hits_of_error >= 52
    assert hits_of_recall >= 52


def test_an_exact_answer_has_recall_one_and_no_error() -> None:
    points, is_real = pool()
    groups = np.arange(POOL) // 2
    audit = audit_search(ts.self_knn(points, 3, groups), Pool(points, is_real, groups), 3)
    assert audit.recall == 1.0
    assert audit.score_error == 0.0


def test_a_result_by_hnsw_holds_its_audit() -> None:
    pytest.importorskip("hnswlib", reason="needs the package of hnsw")
    points, is_real = pool()
    result = ts.score(points[is_real], points[~is_real], backend="hnsw:search_width=100")
    assert result.backend == "hnsw:search_width=100"
    assert result.audit is not None
    assert result.audit["recall"] > 0.95
    low, high = result.audit["score_error_interval"]
    assert low <= result.audit["score_error"] <= high
    exact = ts.score(points[is_real], points[~is_real])
    assert exact.audit is None
    assert low <= result.score - exact.score <= high


@pytest.mark.slow
def test_a_search_that_bends_the_score_beyond_its_uncertainty_is_warned_of() -> None:
    pytest.importorskip("faiss", reason="needs the package of faiss")
    points = np.random.default_rng(1).standard_normal((20_000, 24), dtype=np.float32)
    poor = ts.score(points[:6_000], points[6_000:] * 1.05, backend="faiss-ivf:lists=400,probes=1")
    assert any("approximate search: it found" in warning for warning in poor.warnings)
    good = ts.score(points[:6_000], points[6_000:] * 1.05, backend="faiss-flat")
    assert not any("approximate" in warning for warning in good.warnings)
