"""From folders and arrays to a result, as the Python API promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

import twinscore as ts
from scored import score_all

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy.typing as npt

    Points = npt.NDArray[np.float32]
    MakeFolder = Callable[..., Path]


def points(count: int, seed: int, width: int = 8) -> Points:
    return np.random.default_rng(seed).standard_normal((count, width)).astype(np.float32)


def test_sides_drawn_alike_are_mixed() -> None:
    result = score_all(points(400, 0), points(300, 1))
    low, high = result.null_interval
    assert low < result.score < high
    assert result.p_value > 0.01
    assert (result.n_real, result.n_synthetic) == (400, 300)
    assert result.expected_real_fraction == pytest.approx(400 / 699)


def test_sides_far_apart_are_told_apart_every_time() -> None:
    result = score_all(points(60, 0), points(40, 1) + 100)
    assert result.score == result.reverse_score == result.overlap == 0.0
    assert result.p_value == pytest.approx(1e-4)
    assert result.z < -5


def test_copies_of_real_images_raise_the_score_and_are_named() -> None:
    real = points(100, 0)
    result = score_all(real, real[:50].copy())
    assert result.score > 1.2
    assert result.duplicates == 50
    assert any("copies" in warning for warning in result.warnings)


def test_score_is_the_ratio_of_observed_to_expected_real_neighbors() -> None:
    result = score_all(points(80, 0), points(120, 1) * 2)
    ratio = result.observed_real_fraction / result.expected_real_fraction
    assert result.score == pytest.approx(ratio)


@pytest.mark.parametrize("grouped", [False, True])
def test_threads_change_nothing(grouped: bool) -> None:
    groups: dict[str, Any] = {
        "real_groups": np.arange(300) // 3 if grouped else None,
        "synthetic_groups": np.arange(200) // 4 if grouped else None,
    }
    results = [
        score_all(points(300, 0), points(200, 1), 3, threads=threads, **groups)
        for threads in (1, 2, 5)
    ]
    assert len({_without_seconds(result) for result in results}) == 1
    assert all(result.samples.equals(results[0].samples) for result in results)


def _without_seconds(result: ts.ScoreResult) -> str:
    fields = result.to_dict()
    del fields["seconds"], fields["settings"]
    return str(fields)


def test_the_order_of_rows_does_not_change_the_score() -> None:
    real, synthetic = points(150, 0), points(100, 1)
    backward = score_all(real[::-1], synthetic[::-1])
    assert backward.score == pytest.approx(score_all(real, synthetic).score, abs=1e-12)


@pytest.mark.parametrize("side", ["real", "synthetic"])
def test_a_side_that_collapses_to_one_image_is_refused(side: str) -> None:
    sides = {"real": points(40, 0), "synthetic": points(40, 1)}
    sides[side][:] = sides[side][0]
    with pytest.raises(ValueError, match=f"expected at least 2 {side} images after near-copies"):
        score_all(sides["real"], sides["synthetic"], collapse_duplicates=True)


def test_the_seed_moves_the_p_value_only() -> None:
    real, synthetic = points(100, 0), points(100, 1) * 1.05
    first, second = (score_all(real, synthetic, seed=seed) for seed in (0, 1))
    assert first.score == second.score
    assert first.p_value != second.p_value
    assert first.p_value == pytest.approx(second.p_value, abs=0.05)


def test_groups_are_separate_per_side() -> None:
    # "clip 1" of the camera and "clip 1" of the renderer have nothing to do with each other.
    labels = [f"clip {row // 4}" for row in range(80)]
    result = score_all(points(80, 0), points(80, 1), real_groups=labels, synthetic_groups=labels)
    assert result.groups == {"real": 20, "synthetic": 20}


def test_folders_as_groups(make_folder: MakeFolder) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    real = make_folder("real", {"a": 3, "b": 3, "c": 2})
    synthetic = make_folder("synthetic", {"a": 4, "b": 4}, seed=1)
    result = score_all(real, synthetic, group_by="folder")
    assert result.groups == {"real": 3, "synthetic": 2}
    assert set(result.samples["group"].to_pylist()) == {"a", "b", "c"}


def test_folders_and_arrays_of_the_same_images_score_alike(make_folder: MakeFolder) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    real, synthetic = make_folder("real", {".": 12}), make_folder("synthetic", {".": 9}, seed=1)
    embedder = ts.Embedder()
    vectors = [embedder.embed(sorted(folder.rglob("*.png"))) for folder in (real, synthetic)]
    of_folders = score_all(real, synthetic, model=embedder)
    of_arrays = score_all(vectors[0], vectors[1])
    assert of_folders.score == of_arrays.score
    assert of_folders.model == embedder.fingerprint
    assert of_folders.preprocessing == embedder.preprocessing.fingerprint
    assert of_arrays.model is None


def test_embeddings_on_one_side_only_call_for_the_same_model(make_folder: MakeFolder) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    result = score_all(points(20, 0, width=1280), make_folder("renders", {".": 4}))
    assert any("ready-made embeddings" in warning for warning in result.warnings)


def test_unreadable_images_are_listed_with_their_reason(make_folder: MakeFolder) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    real, synthetic = make_folder("real", {".": 39}), make_folder("synthetic", {".": 8}, seed=1)
    (real / "broken.png").write_bytes(b"no image at all")
    result = score_all(real, synthetic)
    (skipped,) = result.skipped["real"]
    assert skipped.name.endswith("real/broken.png")
    assert skipped.reason == "not an image"
    assert result.skipped["synthetic"] == ()
    assert result.n_real == 39
    assert any("1 of 40 real images could not be read" in text for text in result.warnings)


def test_more_than_one_in_twenty_unreadable_needs_consent(make_folder: MakeFolder) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    real, synthetic = make_folder("real", {".": 8}), make_folder("synthetic", {".": 8}, seed=1)
    (synthetic / "broken.png").write_bytes(b"no image at all")
    with pytest.raises(
        ts.TooManySkipsError, match=r"1 of 9 synthetic images .* 5%.*broken.png: not an image"
    ):
        score_all(real, synthetic)
    assert score_all(real, synthetic, allow_skips=True).n_synthetic == 8


def test_progress_names_each_stage_and_ends_at_its_total(make_folder: MakeFolder) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    stages: dict[str, tuple[int, int]] = {}
    score_all(
        make_folder("real", {"a": 3, "b": 3}),
        make_folder("synthetic", {"a": 3, "b": 3}, seed=1),
        group_by="folder",
        progress=lambda stage, done, total: stages.update({stage: (done, total)}),
    )
    assert list(stages) == [
        "Embedding real images",
        "Embedding synthetic images",
        "Finding neighbors",
        "Drawing one image per group",
        "Permuting labels",
        "Training a judge",
        "Sorting look-alikes",
        "Comparing distances and halves",
        "Scoring along principal axes",
    ]
    assert all(done == total for done, total in stages.values())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"synthetic": points(9, 1, width=5)}, r"as wide as the real ones \(8\), got 5"),
        ({"synthetic": points(1, 1)}, "at least 2 synthetic images, got 1"),
        ({"k": 19}, "k of at most 18, one less than the 19 images of both sides, got k = 19"),
        (
            {"k": 5, "real_groups": list("aaabbbbccc"), "synthetic_groups": list("aaaabbbbb")},
            "k of at most 4, one less than the 5 groups of both sides, got k = 5",
        ),
        ({"real_groups": ["clip"] * 10}, "at least 2 groups of real images, got 1"),
        ({"real_groups": ["clip"] * 9}, "one group for each of the 10 rows, got 9"),
        ({"backend": "magic"}, "expected a backend of exact, .* got 'magic'"),
        ({"threads": 0}, "expected threads of at least 1, got 0"),
        ({"k": 0}, "expected k of at least 1, got 0"),
    ],
)
def test_what_cannot_be_scored_is_refused_with_the_reason(
    arguments: dict[str, Any], message: str
) -> None:
    arguments = {"real": points(10, 0), "synthetic": points(9, 1), **arguments}
    with pytest.raises(ValueError, match=message):
        score_all(**arguments)


def test_a_row_that_is_not_finite_is_named() -> None:
    broken = points(9, 1)
    broken[4, 2] = np.nan
    with pytest.raises(ValueError, match=r"synthetic embeddings: .* NaN or infinity in row 4"):
        score_all(points(10, 0), broken)


def test_one_folder_for_both_sides_is_refused_however_it_is_spelled(tmp_path: Path) -> None:
    Image.new("RGB", (9, 9)).save(tmp_path / "image.png")
    (tmp_path / "elsewhere").symlink_to(tmp_path)
    with pytest.raises(ValueError, match="two different inputs"):
        score_all(tmp_path, f"{tmp_path}/elsewhere/")


@pytest.mark.parametrize("swapped", [False, True])
def test_a_folder_inside_the_other_is_refused(make_folder: MakeFolder, swapped: bool) -> None:
    outer = make_folder("photos", {"real": 2, "renders": 2})
    sides = [outer, outer / "renders"]
    with pytest.raises(ValueError, match=r"renders lies inside .*photos: its images"):
        score_all(*(reversed(sides) if swapped else sides))


def test_ties_of_more_identical_images_than_lists_hold_are_said_to_be_sampled() -> None:
    black = np.zeros((700, 8), dtype=np.float32)
    real, synthetic = np.concatenate([points(60, 0), black]), np.concatenate([points(60, 1), black])
    result = score_all(real, synthetic, diagnostics=False)
    assert any("ties were split among an even sample" in note for note in result.warnings)
    # The black frames are mixed, and so are the others.
    assert result.score == pytest.approx(1.0, abs=0.05)
    few = score_all(points(60, 0), points(60, 1), diagnostics=False)
    assert not any("even sample" in note for note in few.warnings)


def test_no_interval_is_said_to_rest_on_more_images_than_there_are() -> None:
    points = np.random.default_rng(0).standard_normal((200, 16)).astype(np.float32)
    # Wider by 1.3 at k = 10, independent images three times as many would be as sure.
    result = ts.score(points[:100], 1.3 * points[100:], k=10, diagnostics=False, richness=False)
    assert result.effective_size == 100.0
