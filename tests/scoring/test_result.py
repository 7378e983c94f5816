"""What a result holds and how it is written."""

from __future__ import annotations

import dataclasses
import json
import os
from typing import TYPE_CHECKING

import numpy as np
import pytest
from pyarrow import parquet

from scored import score_all
from twinscore.scoring.result_files import RESULT_FILE, SAMPLES_FILE, check_writable

if TYPE_CHECKING:
    from pathlib import Path

    import twinscore as ts


@pytest.fixture(scope="module")
def result() -> ts.ScoreResult:
    random = np.random.default_rng(0)
    real, synthetic = random.standard_normal((2, 40, 4)).astype(np.float32)
    synthetic[1] = synthetic[0]
    synthetic[2] = real[0]
    return score_all(real, synthetic[:30], real_groups=np.arange(40) // 2)


def test_directory_gets_result_and_samples_and_nothing_else(
    result: ts.ScoreResult, tmp_path: Path
) -> None:
    folder = tmp_path / "made" / "on the way"
    result.save(folder)
    assert sorted(path.name for path in folder.iterdir()) == [RESULT_FILE, SAMPLES_FILE]
    assert (folder / RESULT_FILE).read_text(encoding="utf-8") == result.to_json()
    assert parquet.read_table(folder / SAMPLES_FILE).equals(result.samples)


def test_result_json_keeps_its_keys(result: ts.ScoreResult) -> None:
    assert set(json.loads(result.to_json())) == {
        "audit",
        "backend",
        "balanced_spread",
        "bayes_error",
        "closeness",
        "collapsed",
        "compatibility",
        "confounds",
        "control",
        "distance_ratio",
        "domain",
        "explanation",
        "objects",
        "views",
        "transfer",
        "choice",
        "duplicates",
        "edge_count",
        "effective_size",
        "expected_real_fraction",
        "groups",
        "interval",
        "interval_method",
        "near_duplicates",
        "overlap_interval",
        "profile",
        "score_balanced",
        "score_half",
        "slices",
        "hubness",
        "judge",
        "inputs",
        "settings",
        "k",
        "model",
        "n_real",
        "n_synthetic",
        "null_interval",
        "observed_real_fraction",
        "overlap",
        "p_value",
        "pooled_score",
        "preprocessing",
        "reverse_score",
        "richness",
        "sampling",
        "score",
        "seconds",
        "verdict",
        "seed",
        "spread",
        "squint",
        "suggested_group_by",
        "skipped",
        "ties",
        "version",
        "warnings",
        "z",
    }


def test_json_has_null_for_what_is_not_finite(result: ts.ScoreResult) -> None:
    boundless = dataclasses.replace(result, z=float("nan"), overlap=float("inf"))
    fields = json.loads(boundless.to_json())
    assert fields["z"] is None
    assert fields["overlap"] is None


def test_numbers_are_plain_python_ones(result: ts.ScoreResult) -> None:
    for value in (result.score, result.reverse_score, result.overlap, result.p_value, result.z):
        assert type(value) is float


def test_samples_have_a_row_per_image_real_ones_first(result: ts.ScoreResult) -> None:
    assert result.samples.column_names == [
        "side",
        "name",
        "group",
        "real_share",
        "judge",
        "alike",
        "kind",
        "nearest",
        "nearest_side",
        "nearest_distance",
        "nearest_real",
        "nearest_real_distance",
        "giveaway",
        "covered",
        "run",
        "novelty",
    ]
    assert result.samples["side"].to_pylist() == ["real"] * 40 + ["synthetic"] * 30
    assert result.samples["group"].to_pylist()[:3] == ["0", "0", "1"]
    assert result.samples["group"].to_pylist()[40:] == [None] * 30


def test_giveaway_compares_the_nearest_real_image_with_the_nearest_of_all(
    result: ts.ScoreResult,
) -> None:
    rows = result.samples.to_pylist()
    assert all(row["giveaway"] is None for row in rows[:40])
    twins_of_each_other, copy_of_real, others = rows[40:42], rows[42], rows[43:]
    assert [row["giveaway"] for row in twins_of_each_other] == [np.inf, np.inf]
    assert copy_of_real["giveaway"] == 1.0
    assert copy_of_real["nearest_real"] == "row 0"
    for row in others:
        ratio = row["nearest_real_distance"] / row["nearest_distance"]
        assert row["giveaway"] == pytest.approx(ratio)
        assert row["giveaway"] >= 1.0


def test_an_existing_result_is_replaced_only_when_asked(
    result: ts.ScoreResult, tmp_path: Path
) -> None:
    (tmp_path / RESULT_FILE).write_text("precious")
    with pytest.raises(FileExistsError, match=r"already holds a result.*--overwrite"):
        result.save(tmp_path)
    assert (tmp_path / RESULT_FILE).read_text() == "precious"
    result.save(tmp_path, overwrite=True)
    assert (tmp_path / RESULT_FILE).read_text(encoding="utf-8") == result.to_json()


def test_json_that_cannot_be_written_leaves_the_old_file(
    result: ts.ScoreResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    target = tmp_path / "score.json"
    target.write_text("of yesterday")
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        result.save_json(target)
    assert target.read_text() == "of yesterday"
    assert list(tmp_path.iterdir()) == [target]


def test_json_goes_to_pipes_and_devices_too(result: ts.ScoreResult) -> None:
    result.save_json(os.devnull)


def test_other_files_in_the_directory_stay(result: ts.ScoreResult, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    result.save(tmp_path)
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_checking_a_directory_leaves_nothing_behind(tmp_path: Path) -> None:
    check_writable(tmp_path / "new" / "folder")
    assert list(tmp_path.iterdir()) == []


def test_a_place_below_a_file_cannot_be_written(result: ts.ScoreResult, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match=r"cannot write to .*file.below: Not a directory"):
        check_writable(tmp_path / "file" / "below")
    with pytest.raises(OSError, match=r"cannot write to .*file.x.json: Not a directory"):
        result.save_json(tmp_path / "file" / "x.json")
