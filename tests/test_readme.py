"""README is short, and what it and the pages show is true: options exist, links lead somewhere."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from twinscore.cli.program import cli
from twinscore.cli.schema import KINDS
from twinscore.scoring.result import RESULT_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [page for page in sorted((ROOT / "docs").rglob("*.md")) if page.parent.name != "design"]
PAGES_AND_README = [ROOT / "README.md", *PAGES]

MOST_BYTES = 7000


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, flags=re.DOTALL | re.MULTILINE)


def _all_commands(group: click.Group) -> Iterator[click.Command]:
    for command in group.commands.values():
        if isinstance(command, click.Group):
            yield from _all_commands(command)
        else:
            yield command


def test_it_is_read_in_two_minutes() -> None:
    assert len(README.encode()) <= MOST_BYTES


@pytest.mark.parametrize("page", PAGES_AND_README, ids=lambda page: page.stem)
def test_shown_options_exist(page: Path) -> None:
    options = {
        name
        for command in _all_commands(cli)
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for name in (*parameter.opts, *parameter.secondary_opts)
    }
    # Of every command, of TensorBoard, and of a script whose options stand by themselves; the
    # options of Ray and SLURM are theirs.
    others = {"--help", "--logdir", "--only"}
    text = page.read_text(encoding="utf-8")
    commands = re.sub(r"(?:python bench/|ray start|srun |#SBATCH).*", "", text)
    shown = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", commands))
    assert shown - options - others == set()


def test_every_key_of_the_result_is_explained() -> None:
    page = (ROOT / "docs" / "reference" / "result.md").read_text(encoding="utf-8")
    assert {key for key in RESULT_KEYS if f"`{key}`" not in page} == set()


@pytest.mark.parametrize("page", PAGES_AND_README, ids=lambda page: page.stem)
def test_files_and_pictures_that_are_linked_exist(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:\s]+)\)", page.read_text(encoding="utf-8")):
        made = re.fullmatch(r"schemas/(\w+)\.schema\.json", target)  # when the site is
        assert made[1] in KINDS if made else (page.parent / target).is_file(), target


def test_ci_runs_the_test_command_as_shown() -> None:
    _, test_command, *_ = blocks("sh")
    assert f"({test_command.strip()})" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_table_of_the_demo_is_what_it_prints(tmp_path: Path) -> None:
    for package in ("onnxruntime", "skimage", "sklearn", "matplotlib"):
        pytest.importorskip(package, reason=f"needs {package}")
    finished = subprocess.run(
        [sys.executable, "-m", "twinscore", "demo", "--out", tmp_path],
        env={**os.environ, "COLUMNS": "80"},
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    )
    shown = "\n".join(line.rstrip() for line in finished.stdout.splitlines()).lstrip("\n")
    assert shown.startswith(blocks("text")[0])


@pytest.mark.slow
def test_the_first_score_is_what_its_script_prints(camera_images: Path, tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    described = importlib.util.spec_from_file_location(
        "first_score", ROOT / "bench" / "first_score.py"
    )
    assert described is not None
    assert described.loader is not None
    script = importlib.util.module_from_spec(described)
    sys.modules[described.name] = script
    described.loader.exec_module(script)
    script.split(camera_images / "robocup_real", camera_images / "beamng_sim", tmp_path)
    assert script.shown(tmp_path) in blocks("text")
