"""Every example runs as it is, in a folder of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
SCRIPTS = ("quickstart.py", "compare_two_twins.py", "objects.py", "ray_farm.py", "with_fiftyone.py")
RUN_BY_THE_TESTS_OF_LOADERS = ("hugging_face_datasets.py", "web_dataset.py")

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for package in ("onnxruntime", "skimage", "sklearn", "jinja2", "plotly", "matplotlib"):
        pytest.importorskip(package, reason="needs the extras cpu, demo and report")
    return Path(shutil.copytree(EXAMPLES, tmp_path / "examples"))


def run(script: Path) -> str:
    finished = subprocess.run(
        [sys.executable, script.name],
        cwd=script.parent,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def test_every_script_is_run_here() -> None:
    beside = {"demo_images.py", "notebook.ipynb", "README.md"}
    files = {path.name for path in EXAMPLES.iterdir() if path.is_file()}
    assert files == {*SCRIPTS, *RUN_BY_THE_TESTS_OF_LOADERS, *beside}


def test_quickstart_prints_a_score_and_leaves_a_report(folder: Path) -> None:
    assert run(folder / "quickstart.py").startswith("score 0.")
    made = {path.name for path in (folder / "example-result").iterdir()}
    assert made == {"result.json", "samples.parquet", "report.html", "map.svg"}


def test_comparing_finds_the_final_render_better_than_the_preview(folder: Path) -> None:
    assert "harder to tell from the real images" in run(folder / "compare_two_twins.py")


def test_a_farm_in_a_bucket_is_embedded_and_scored_by_two_machines(folder: Path) -> None:
    for package in ("ray", "s3fs", "moto", "flask"):
        pytest.importorskip(package, reason="needs the extras s3 and ray, and moto[server]")
    said = run(folder / "ray_farm.py")
    assert "photos.store: 60 embedded, 0 there, 0 failed" in said
    assert "renders.store: 60 embedded, 0 there, 0 failed" in said
    assert "\nscore 0." in said


def test_objects_finds_that_the_world_gives_the_twin_away(folder: Path) -> None:
    pytest.importorskip("pycocotools", reason="needs the extra objects")
    said = run(folder / "objects.py").splitlines()[0]
    assert said.startswith("The objects pass (")
    assert "the world around them passes (" not in said


def test_fiftyone_example_lists_its_views(folder: Path) -> None:
    if "FIFTYONE_DATABASE_URI" not in os.environ:
        pytest.skip("needs a MongoDB, named by FIFTYONE_DATABASE_URI")
    assert "gives-the-twin-away" in run(folder / "with_fiftyone.py")


def test_notebook_shows_a_card_and_a_map(folder: Path) -> None:
    notebook = json.loads((folder / "notebook.ipynb").read_text(encoding="utf-8"))
    cells = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
    # What a notebook does with the last line of a cell, without a kernel.
    program = "\n".join(cells).replace("\nresult\n", "\nprint(result._repr_html_())\n")
    program = program.replace(
        "result.plot(seeds=3)", "print(len(result.plot(seeds=3)._repr_png_()))"
    )
    (folder / "notebook.py").write_text(program, encoding="utf-8")
    shown = run(folder / "notebook.py")
    assert "Indistinguishability Score" in shown
    assert int(shown.splitlines()[-1]) > 5_000
    assert (folder / "report.html").is_file()
