"""Results on disk are compared by their intervals, and refused where that would mislead."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import twinscore as ts
from twinscore.comparison import SliceDifference, compare_saved
from twinscore.comparison.independent import independent_difference
from twinscore.comparison.slice_differences import adjusted
from twinscore.embedding.records import Embeddings
from twinscore.report.page.history_page import changed_settings, runs_of
from twinscore.scoring.saved_result import load_result

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """A poor result and a good one, of the same scenes."""
    random = np.random.default_rng(0)
    real = Embeddings(
        random.standard_normal((200, 4)).astype(np.float32),
        tuple(f"photos/{row}.png" for row in range(200)),
    )
    found = []
    for name, foreign in (("poor", 150), ("good", 20)):
        vectors = random.standard_normal((200, 4)).astype(np.float32)
        vectors[:foreign] += 30.0
        synthetic = Embeddings(vectors, tuple(f"{name}/{row}.png" for row in range(200)))
        ts.score(real, synthetic).save(tmp_path / f"result {name}")
        found.append(tmp_path / f"result {name}")
    return found[0], found[1]


def change_fields(folder: Path, **fields: Any) -> None:
    file = folder / "result.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **fields}))


def test_the_better_result_is_found_better(folders: tuple[Path, Path]) -> None:
    poor, good = map(load_result, folders)
    found = compare_saved(poor, good)
    assert found.difference == pytest.approx(good.fields["score"] - poor.fields["score"])
    assert found.is_better
    assert found.interval[0] > 0.0
    assert compare_saved(good, poor).is_worse
    assert found.pairs == 200
    assert found.moved[0].second.startswith("good/")


def test_a_result_is_not_different_from_itself(folders: tuple[Path, Path]) -> None:
    result = load_result(folders[0])
    found = compare_saved(result, result)
    assert (found.difference, found.p_value) == (0.0, 1.0)
    assert not found.warnings


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("model", "other-network", r"one network, got .* in .*poor and other-network in .*good"),
        ("k", 5, "of one k, got 1"),
        ("interval", None, "good: expected a result with an interval"),
        ("interval", [None, None], "score all images again, without precision and budget"),
    ],
)
def test_results_that_do_not_compare_are_refused(
    folders: tuple[Path, Path], field: str, value: Any, message: str
) -> None:
    change_fields(folders[1], **{field: value})
    with pytest.raises(ValueError, match=message):
        compare_saved(*map(load_result, folders))


def test_sets_of_different_size_are_warned_of(folders: tuple[Path, Path]) -> None:
    change_fields(folders[1], n_synthetic=900)
    found = compare_saved(*map(load_result, folders))
    assert any("differ in size (200 and 900" in warning for warning in found.warnings)


def test_what_is_no_result_is_named(folders: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"result.json does not exist"):
        load_result(tmp_path)
    (folders[0] / "result.json").write_text("{ half")
    with pytest.raises(ValueError, match=r"result poor/result.json: expected JSON"):
        load_result(folders[0])
    (folders[1] / "samples.parquet").write_bytes(b"PAR1 no table")
    with pytest.raises(ValueError, match=r"samples.parquet: expected a table of samples"):
        load_result(folders[1])


def test_interval_and_p_value_agree_at_the_five_percent_level() -> None:
    for second in np.linspace(0.0, 1.0, 41):
        ends = (max(second - 0.1, 0.0), second + 0.2)
        (low, high), p_value = independent_difference(0.4, (0.3, 0.45), second, ends)
        assert (p_value < 0.05) == (not low <= 0.0 <= high)


def test_symmetric_intervals_add_like_variances() -> None:
    (low, high), _ = independent_difference(0.2, (0.17, 0.23), 0.5, (0.46, 0.54))
    assert (high - low) / 2 == pytest.approx(0.05)
    assert (low + high) / 2 == pytest.approx(0.3)


def test_p_values_are_corrected_for_their_number() -> None:
    def tested(p_value: float) -> SliceDifference:
        return SliceDifference("s", 9, 9, 0.1, 0.2, 0.1, p_value, math.nan)

    found = adjusted([tested(p) for p in (0.01, 0.04, 0.03, math.nan)])
    assert [item.adjusted_p_value for item in found[:3]] == pytest.approx([0.03, 0.06, 0.06])
    assert math.isnan(found[3].adjusted_p_value)


def test_objects_of_one_result_are_not_compared_with_scenes_of_another(
    folders: tuple[Path, Path],
) -> None:
    views = {"items": {"score": 0.9, "interval": [0.8, 1.0]}}
    change_fields(folders[0], views=views)
    with pytest.raises(ValueError, match=r"the same view, got items in .* and scenes in"):
        compare_saved(*map(load_result, folders))


def test_a_history_has_no_step_from_scenes_to_objects(folders: tuple[Path, Path]) -> None:
    views = {"items": {"score": 0.9, "interval": [0.8, 1.0]}}
    change_fields(folders[1], views=views)
    runs = runs_of([load_result(folder) for folder in (*folders, folders[1])])
    assert [run.change is None for run in runs] == [True, True, False]
    assert any("different views: items, scenes" in said for said in changed_settings(runs))


def test_objects_that_were_cut_out_otherwise_are_said(folders: tuple[Path, Path]) -> None:
    for folder, margin in zip(folders, (0.15, 0.4), strict=True):
        cut = {"margin": margin, "smallest": 16, "without_background": False}
        scored = {"score": 0.9, "interval": [0.8, 1.0]}
        change_fields(folder, views={"items": scored, "scenes": scored}, objects={"cut": cut})
    results = [load_result(folder) for folder in folders]
    for said in (compare_saved(*results).warnings, changed_settings(runs_of(results))):
        assert any("margin 0.15" in line and "margin 0.4" in line for line in said)
