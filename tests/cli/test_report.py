"""The page of a saved result is made again, or it is said why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from scored import score_all
from twinscore.cli import main

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("jinja2", reason="needs the extra report")
pytest.importorskip("plotly", reason="needs the extra report")


@pytest.fixture
def sides(tmp_path: Path) -> list[str]:
    values = np.random.default_rng(0).standard_normal((2, 40, 3)).astype(np.float32)
    paths = [tmp_path / "real.npy", tmp_path / "synthetic.npy"]
    for path, vectors in zip(paths, values, strict=True):
        np.save(path, vectors)
    return list(map(str, paths))


def run(*words: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    return int(ended.value.code or 0)


def test_the_page_is_written_into_the_result(
    sides: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "result"
    assert run("score", *sides, "--out", folder, "--k", 2, "--no-report", "-q") == 0
    assert not (folder / "report.html").exists()
    assert run("report", folder, "--map", "pca") == 0
    assert "synthetic.npy against" in (folder / "report.html").read_text(encoding="utf-8")
    assert f"Written to {folder / 'report.html'}" in capfd.readouterr().out


def test_images_that_have_changed_since_are_refused(
    sides: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "result"
    assert run("score", *sides, "--out", folder, "--no-report", "-q") == 0
    np.save(sides[1], np.load(sides[1]) + np.float32(9))
    assert run("report", folder) == 1
    assert "they have changed, score them again" in capfd.readouterr().err
    assert not (folder / "report.html").exists()


def test_a_result_of_what_was_in_memory_has_no_page(
    sides: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    real, synthetic = map(np.load, sides)
    score_all(real, synthetic).save(tmp_path / "result")
    assert run("report", tmp_path / "result") == 1
    assert "its images were in memory" in capfd.readouterr().err
