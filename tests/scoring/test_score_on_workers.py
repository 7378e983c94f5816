"""A score whose images and pairs were shared out among workers is that of one process."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

import twinscore as ts
from fake_workers import FakeWorkers
from twinscore.base.errors import SettingError
from twinscore.neighbors import settings as search_settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> FakeWorkers:
    """Workers to whom the smallest search is sent."""
    monkeypatch.setattr(search_settings, "WORTH_SENDING", 1)
    return FakeWorkers(np.random.default_rng(0), deaths=0.2)


def without_seconds(result: ts.ScoreResult | ts.SampledResult) -> dict[str, object]:
    values: dict[str, object] = json.loads(result.to_json())
    del values["seconds"]
    return values


@pytest.mark.parametrize("grouped", [False, True])
def test_every_figure_is_the_same(workers: FakeWorkers, grouped: bool) -> None:
    random = np.random.default_rng(1)
    real, twin = random.standard_normal((2, 90, 6)).astype(np.float32)
    twin[:5] = real[:5]
    groups = random.integers(0, 30, 90) if grouped else None
    spread, alone = (ts.score(real, twin, 2, groups, groups, workers=by) for by in (workers, None))
    assert "meet" in workers.names
    assert without_seconds(spread) == without_seconds(alone)
    assert isinstance(spread, ts.ScoreResult)
    assert isinstance(alone, ts.ScoreResult)
    assert spread.samples.equals(alone.samples)


def test_images_are_embedded_and_searched_by_workers(
    make_folder: Callable[..., Path], save_model: Callable[..., Path], workers: FakeWorkers
) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    real, twin = make_folder("real", {"a": 12}), make_folder("twin", {"a": 10}, seed=1)
    model = save_model()
    spread = ts.score(real, twin, model=model, workers=workers)
    assert {"meet", "embed_part"} <= set(workers.names)
    assert without_seconds(spread) == without_seconds(ts.score(real, twin, model=model))


def test_small_searches_stay_here() -> None:
    workers = FakeWorkers(np.random.default_rng(0))
    real, twin = np.random.default_rng(1).standard_normal((2, 60, 4)).astype(np.float32)
    ts.score(real, twin, workers=workers)
    assert not workers.names


def test_workers_search_exactly_or_not_at_all() -> None:
    workers = FakeWorkers(np.random.default_rng(0))
    points = np.eye(20, dtype=np.float32)
    with pytest.raises(SettingError, match="expected the backend exact with workers, got 'auto'"):
        ts.score(points, points, backend="auto", workers=workers)
