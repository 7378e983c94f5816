"""A score in bounded memory, from the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from command_runs import DONE, ERROR, USAGE

if TYPE_CHECKING:
    from pathlib import Path

    from command_runs import RunCommand


@pytest.fixture
def sides(tmp_path: Path) -> tuple[Path, Path]:
    random = np.random.default_rng(0)
    for side in ("real", "synthetic"):
        np.save(tmp_path / f"{side}.npy", random.standard_normal((60, 6)).astype(np.float32))
    return tmp_path / "real.npy", tmp_path / "synthetic.npy"


def test_a_limit_is_taken_and_kept_by_settings(
    run: RunCommand, sides: tuple[Path, Path], tmp_path: Path
) -> None:
    first, again = tmp_path / "first.json", tmp_path / "again.json"
    assert run("score", *sides, "--memory", "512MiB", "--json", first, "-q").code == DONE
    settings = json.loads(first.read_text())["settings"]
    assert settings["search"]["memory"] == 512 << 20
    assert run("score", "--settings", first, "--json", again, "-q").code == DONE
    assert json.loads(again.read_text())["settings"] == settings


@pytest.mark.parametrize(
    ("options", "code", "reason"),
    [
        (["--memory", "much"], USAGE, "an amount of memory like 4GiB or 512MiB, got 'much'"),
        (["--memory", "1GiB", "--backend", "auto"], USAGE, "expected the backend exact where"),
        (["--memory", "1GiB", "--budget", "1s"], USAGE, "expected no precision or budget where"),
        (["--memory", "1KiB"], ERROR, "expected memory of at least"),
    ],
)
def test_a_limit_that_cannot_be_kept_is_refused(
    run: RunCommand, sides: tuple[Path, Path], options: list[str], code: int, reason: str
) -> None:
    finished = run("score", *sides, *options)
    assert finished.code == code
    assert reason in " ".join(finished.errors.split())
