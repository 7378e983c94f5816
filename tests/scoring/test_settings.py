"""A run is described by one record, refused before the first image is read, and run again."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

import twinscore as ts
from scored import score_all
from twinscore.cli import main
from twinscore.scoring.result_files import RESULT_FILE
from twinscore.scoring.settings import SampleGoal, ScoreSettings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

IMAGES = 10_000


@pytest.fixture(scope="module")
def many_images(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two folders of many images each, which are links to one file where that is enough."""
    folders = []
    for side in ("real", "renders"):
        folder = tmp_path_factory.mktemp("many") / side
        folder.mkdir()
        picture = folder / "00000.png"
        Image.fromarray(np.zeros((8, 8, 3), dtype=np.uint8)).save(picture)
        for number in range(1, IMAGES):
            (folder / f"{number:05}.png").hardlink_to(picture)
        folders.append(folder)
    return folders[0], folders[1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"interval": "jacknife"}, "interval: expected one of local, subsample"),
        ({"interval": "jacknife", "precision": 0.1}, "interval: expected one of local"),
        ({"interval": "jacknife", "budget": 1.0}, "interval: expected one of local"),
        ({"interval": "jacknife", "backend": "auto"}, "interval: expected one of local"),
        ({"interval": "jackknife", "precision": 0.1}, "expected no interval with a precision"),
        ({"slice_by": "weather"}, r"slice_by: expected a column of the synthetic side \(folder"),
        ({"group_by": "weather"}, "group_by='weather'"),
        ({"group_by": "folder", "precision": 0.1}, "expected no group_by with a precision"),
        ({"real_groups": range(IMAGES), "precision": 0.1}, "expected images without groups"),
        ({"k": 2 * IMAGES}, "expected k of at most 19,999, one less than the 20,000 images"),
        ({"k": 0}, "expected k of at least 1, got 0"),
        ({"seed": -1}, "expected seed of at least 0, got -1"),
        ({"seed": 2**64}, r"expected seed of at most 2\*\*64 - 1, got 18446744073709551616"),
        ({"threads": 0}, "expected threads of at least 1, got 0"),
        ({"backend": "exakt"}, "expected a backend of exact"),
        ({"backend": "hnsw", "precision": 0.1}, "expected the backend exact with a precision"),
        ({"precision": 0.0}, "expected a precision above 0"),
        ({"budget": float("nan")}, "expected a budget above 0"),
        ({"device": "gpu"}, "expected a device cpu, cuda"),
        ({"exposure": float("inf")}, "expected a finite exposure"),
        ({"video_interval": 0.0}, "interval"),
        ({"space": "umap2d"}, "expected space='embedding' with convention='exact'"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_before_an_image_is_read(
    many_images: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    options: dict[str, Any],
    message: str,
) -> None:
    def no_network(*_: object, **__: object) -> None:
        pytest.fail("a network was opened")

    monkeypatch.setattr("twinscore.embedding.network.embedder.Embedder.__init__", no_network)
    started = time.process_time()
    with pytest.raises(ValueError, match=message):
        ts.score(*many_images, **options)
    assert time.process_time() - started < 1.0


@pytest.mark.parametrize("k", [1.0, "1", True, None])
def test_neighbors_are_counted_in_whole_numbers(k: Any) -> None:
    with pytest.raises(TypeError, match="expected k as a whole number"):
        ts.score(np.zeros((4, 2), np.float32), np.ones((4, 2), np.float32), k)


def test_a_goal_without_a_number_cannot_be_typed_by_mistake() -> None:
    with pytest.raises(ValueError, match="expected no slice_by with a precision"):
        ScoreSettings(slice_by=("folder",), sample=SampleGoal(0.1))


def test_a_run_repeated_from_its_result_gives_the_same_file_but_for_seconds(
    make_folder: Callable[..., Path],
    save_model: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    monkeypatch.chdir(tmp_path)
    make_folder("real", {"a": 8, "b": 8})
    make_folder("renders", {"c": 7, "d": 7}, seed=1)
    typed = ["score", "real", "renders", "--model", str(save_model()), "--k", "2", "--seed", "5"]
    typed += ["--interval", "jackknife", "--slice-by", "folder", "--exposure", "1"]
    typed += ["--collapse-duplicates", "--no-diagnostics", "--quiet", "--no-report"]
    for arguments in (
        [*typed, "--out", "first"],
        ["score", "--settings", "first/result.json", "--quiet", "--no-report", "--out", "again"],
        ["score", "--settings", "again/result.json", "--k", "1", "-q", "--no-report", "--out", "k"],
    ):
        with pytest.raises(SystemExit) as stopped:
            main(arguments)
        assert stopped.value.code == 0
    first, again, other = (
        json.loads((tmp_path / name / RESULT_FILE).read_text()) for name in ("first", "again", "k")
    )
    for result in (first, again, other):
        del result["seconds"]
    assert again == first
    assert (other["k"], other["settings"]["seed"]) == (1, 5)


def test_a_sample_is_repeated_from_its_result_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    random = np.random.default_rng(0)
    for name in ("real", "renders"):
        np.save(tmp_path / f"{name}.npy", random.standard_normal((400, 4)).astype(np.float32))
    typed = [str(tmp_path / "real.npy"), str(tmp_path / "renders.npy"), "--precision", "0.2"]
    texts = []
    for arguments in (
        [*typed, "--out", str(tmp_path / "a")],
        ["--settings", str(tmp_path / "a" / RESULT_FILE)],
    ):
        with pytest.raises(SystemExit) as stopped:
            main(["score", *arguments, "--json", "-"])
        assert stopped.value.code == 0
        result = json.loads(capsys.readouterr().out)
        del result["seconds"], result["sampling"]["looks"]
        texts.append(result)
    assert texts[0] == texts[1]
    assert texts[0]["settings"]["sample"] == {"precision": 0.2, "budget": None}


@pytest.mark.parametrize("text", ["", "[1]", "{}", '{"settings": 3, "inputs": {}}', "[" * 100_000])
def test_a_file_without_settings_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    (tmp_path / "r.json").write_text(text)
    with pytest.raises(SystemExit) as stopped:
        main(["score", "--settings", str(tmp_path / "r.json")])
    assert stopped.value.code == 2
    assert "r.json: expected" in capsys.readouterr().err


@pytest.mark.parametrize("backend", ["numba", "sklearn", "faiss-flat"])
def test_every_search_of_a_run_goes_to_the_backend_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, backend: str
) -> None:
    from twinscore.neighbors import registry, search

    package = registry.PACKAGES[backend]
    pytest.importorskip(package, reason=f"needs the package {package}")
    opened: list[str] = []

    def noting(description: str) -> object:
        opened.append(description)
        return registry.open_backend(description)

    monkeypatch.setattr(search, "open_backend", noting)
    random = np.random.default_rng(1)
    real, synthetic = random.standard_normal((2, 90, 6)).astype(np.float32)
    for options in (
        {},
        {"interval": "subsample"},
        {"real_groups": np.arange(90) // 3, "synthetic_groups": np.arange(60) // 2},
        {"collapse_duplicates": True},
    ):
        sides = real, synthetic[:60]
        result = score_all(*sides, backend=backend, **options)
        # Only the audit of an approximate search asks the exact one.
        assert set(opened) - ({"exact"} if result.audit else set()) == {backend}
        assert len(opened) >= 6
        opened.clear()
    pytest.importorskip("jinja2", reason="needs the extra report")
    pytest.importorskip("plotly", reason="needs the extra report")
    result.save_report(tmp_path / "report.html")
    assert set(opened) == {backend}


def test_a_column_asked_for_twice_is_sliced_once() -> None:
    assert ScoreSettings(slice_by=("city", "hour", "city")).slice_by == ("city", "hour")
