from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import twinscore as ts
from stream_points import batch_score, gaussian_points, grid_points
from twinscore.streaming.intake import checked_labels, take_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from twinscore.base.arrays import FloatMatrix


def test_rows_that_are_not_finite_are_left_out_and_named(
    caplog: pytest.LogCaptureFixture,
) -> None:
    real, points = grid_points(0, 40), grid_points(1, 20)
    bad = points.copy()
    bad[3, 1] = np.nan
    bad[7, 0] = np.inf
    scorer = ts.StreamingScorer(real)
    answers = scorer.update(bad, ids=range(20), answers=True)
    assert answers is not None
    assert np.flatnonzero(np.isnan(answers.real_share)).tolist() == [3, 7]
    assert "2 of 20 items left out, such as row 3: expected finite values" in caplog.text
    assert scorer.n_skipped == 2
    assert scorer.n_seen == 18
    assert scorer.result().score == batch_score(real, np.delete(points, [3, 7], axis=0)).score


def test_masked_values_are_left_out_like_those_that_are_not_finite() -> None:
    real, points = grid_points(0, 40), grid_points(1, 20)
    hidden = np.zeros(points.shape, dtype=np.bool_)
    hidden[[3, 7], 0] = True
    scorer = ts.StreamingScorer(real)
    scorer.update(np.ma.masked_array(points, mask=hidden))
    assert scorer.n_skipped == 2
    with pytest.raises(ValueError, match="got NaN or infinity in row 3"):
        ts.score(real, np.ma.masked_array(points, mask=hidden))


def test_a_missing_group_of_a_table_is_none_and_no_group_of_all_that_miss_it() -> None:
    missing = [None, float("nan"), np.float32("nan"), "a"]
    assert checked_labels(missing, 4, "groups") == [None, None, None, "a"]
    assert checked_labels(np.array([np.nan, 1.0]), 2, "groups") == [None, "1.0"]


def test_images_are_embedded_like_the_real_ones(make_folder: Callable[..., Path]) -> None:
    real, renders = make_folder("real", {"a": 6}), make_folder("renders", {"b": 5}, seed=1)
    files = sorted(renders.glob("b/*.png"))
    scorer = ts.StreamingScorer(real)
    scorer.update(files[:2], ids=["0", "1"])
    (renders / "b" / "broken.png").write_bytes(b"no image")
    scorer.update([*files[2:], renders / "b" / "broken.png"])
    assert scorer.n_skipped == 1
    (renders / "b" / "broken.png").unlink()
    result = scorer.result()
    assert result.score == ts.score(real, renders).score
    assert result.model is not None
    assert result.warnings == ("1 synthetic images could not be used",)


def test_images_against_ready_made_embeddings_come_with_a_warning(
    make_folder: Callable[..., Path], save_model: Callable[..., Path], tmp_path: Path
) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    scorer = ts.StreamingScorer(gaussian_points(0, 20, columns=3), model=save_model())
    scorer.update(gaussian_points(1, 5, columns=3))
    assert scorer.result().warnings == ()
    scorer.update(make_folder("renders", {"a": 3}))
    result = scorer.result()
    assert result.model is not None
    assert result.model.startswith("mine")
    assert "the real side came as ready-made embeddings" in result.warnings[0]
    scorer.save(tmp_path / "state.npz")
    loaded = ts.StreamingScorer.load(tmp_path / "state.npz")
    assert loaded.result() == result
    merged = ts.StreamingScorer(gaussian_points(0, 20, columns=3)).merge(loaded)
    assert merged.result().warnings == result.warnings


def test_anything_that_speaks_dlpack_is_read_in_place() -> None:
    class Exchanged:
        """An array of another library: it knows DLPack and nothing of numpy."""

        def __init__(self, array: FloatMatrix) -> None:
            self._array = array

        def __dlpack__(self, **options: object) -> object:
            return self._array.__dlpack__(**options)  # type: ignore[arg-type]

        def __dlpack_device__(self) -> object:
            return self._array.__dlpack_device__()

    points = grid_points(1, 20)
    intake = take_in(Exchanged(points), 3, lambda: pytest.fail("no embedder is needed"))
    assert np.shares_memory(intake.vectors, points)


def test_a_batch_that_does_not_fit_changes_nothing() -> None:
    scorer = ts.StreamingScorer(grid_points(0, 40))
    with pytest.raises(ValueError, match=r"as wide as the real ones \(3\), got 2"):
        scorer.update(np.zeros((4, 2), dtype=np.float32))
    with pytest.raises(ValueError, match="expected groups for each of the 4 items, got 3"):
        scorer.update(np.zeros((4, 3), dtype=np.float32), groups=[1, 2, 3])
    with pytest.raises(ValueError, match="expected ids for each of the 4 items, got 5"):
        scorer.update(np.zeros((4, 3), dtype=np.float32), ids=range(5))
    assert scorer.n_seen == 0
    with pytest.raises(ValueError, match="expected at least 2 synthetic images, got 0"):
        scorer.result()


def test_labels_are_names_in_whatever_form_they_come() -> None:
    forms = ([0, 1], np.arange(2), list(np.arange(2)), [np.array(0), np.array(1)], ["0", "1"])
    for labels in forms:
        assert checked_labels(labels, 2, "ids") == ["0", "1"]
    assert checked_labels([None, np.str_("a")], 2, "groups") == [None, "a"]


def test_an_empty_batch_is_no_error() -> None:
    scorer = ts.StreamingScorer(grid_points(0, 40))
    scorer.update(np.empty((0, 3), dtype=np.float32))
    scorer.update([])
    assert scorer.n_seen == 0
