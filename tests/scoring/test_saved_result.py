"""A saved result is read back with its keys as attributes."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import numpy as np
import pytest

import twinscore as ts
from scored import score_all, score_sample
from twinscore.scoring.result import RESULT_KEYS

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def result() -> ts.ScoreResult:
    real, synthetic = np.random.default_rng(0).standard_normal((2, 30, 3)).astype(np.float32)
    return score_all(real, synthetic)


def test_everything_that_was_saved_is_there_again(result: ts.ScoreResult, tmp_path: Path) -> None:
    result.save(tmp_path / "x")
    saved = ts.load_result(tmp_path / "x")
    assert (saved.score, saved.verdict) == (result.score, result.verdict)
    assert saved.interval == result.interval
    assert saved.p_value == result.p_value
    assert saved.judge["accuracy"] == result.judge.accuracy
    assert saved.samples.equals(result.samples)
    assert set(RESULT_KEYS) <= set(dir(saved))
    assert pickle.loads(pickle.dumps(saved)).fields == saved.fields
    with pytest.raises(AttributeError, match="holds no 'scores'"):
        _ = saved.scores


def test_results_say_in_a_line_what_was_found(result: ts.ScoreResult, tmp_path: Path) -> None:
    result.save(tmp_path / "x")
    sampled = score_sample(
        *np.random.default_rng(0).standard_normal((2, 60, 3)).astype(np.float32), precision=0.2
    )
    for shown in (repr(result), repr(sampled), repr(ts.load_result(tmp_path / "x"))):
        assert len(shown) < 300
        assert "\n" not in shown
    assert result.verdict in repr(result)
    assert f"{result.score:.2f}" in repr(result)


def test_a_folder_without_a_result_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="expected a result folder"):
        ts.load_result(tmp_path)
