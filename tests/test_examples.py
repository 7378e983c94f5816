from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import twinscore as ts

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = Path(__file__).parents[1] / "examples"


def run(example: str, *arguments: str, home: Path) -> str:
    done = subprocess.run(
        [sys.executable, EXAMPLES / example, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "HF_HOME": str(home), "HF_HUB_OFFLINE": "1"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_hugging_face_datasets(make_folder: Callable[..., Path], tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="needs torch")
    pytest.importorskip("datasets", reason="needs the package datasets")
    photos, renders = make_folder("photos", {"a": 12}), make_folder("renders", {"b": 10}, seed=1)
    shown = run("hugging_face_datasets.py", str(photos), str(renders), home=tmp_path / "home")
    score = ts.score(photos, renders, diagnostics=False).score
    assert shown.startswith(f"score {score:.3f} of 10 renders\n")
    assert "of 10 renders have a distance ratio up to 1.3" in shown


@pytest.mark.slow
def test_web_dataset(make_folder: Callable[..., Path], tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="needs torch")
    web = pytest.importorskip("webdataset", reason="needs the package webdataset")
    photos, renders = make_folder("photos", {"a": 12}), make_folder("renders", {"b": 10}, seed=1)
    files = sorted(renders.glob("b/*.png"))
    for shard in range(2):
        with web.TarWriter(str(tmp_path / f"renders-{shard}.tar")) as writer:
            for file in files[shard::2]:
                writer.write({"__key__": file.stem, "png": file.read_bytes()})
    shown = run("web_dataset.py", str(photos), f"{tmp_path}/renders-{{0..1}}.tar", home=tmp_path)
    score = ts.score(photos, renders, diagnostics=False).score
    assert shown.startswith(f"score {score:.3f} (")
    assert shown.endswith(") of 10 renders\n")
