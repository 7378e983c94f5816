"""twinscore size as its users meet it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from scored import score_all
from twinscore.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def run_command(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as exit_:
            main(["size", *map(str, arguments)])
        assert isinstance(exit_.value.code, int)
        return (exit_.value.code, *capsys.readouterr())

    return run_command


@pytest.fixture
def pilot(tmp_path: Path) -> tuple[Path, Path]:
    real, twin = np.random.default_rng(0).normal(size=(2, 60, 4)).astype("float32")
    np.save(tmp_path / "real.npy", real)
    np.save(tmp_path / "twin.npy", twin + 1)
    return tmp_path / "real.npy", tmp_path / "twin.npy"


def test_images_are_answered_in_a_sentence(
    run: Callable[..., tuple[int, str, str]], pilot: tuple[Path, Path]
) -> None:
    code, text, _ = run(*pilot, "--difference", "0.2", "--power", "0.9")
    assert code == 0
    shown = " ".join(text.split())
    assert "images a side tell two twins apart whose scores differ by 0.2, 90% of the time" in shown
    assert "The 60 images a side of the pilot tell a difference of" in shown


def test_json_holds_the_whole_answer(
    run: Callable[..., tuple[int, str, str]], pilot: tuple[Path, Path]
) -> None:
    code, text, _ = run(*pilot, "--difference", "0.2", "--json", "--quiet")
    found = json.loads(text)
    assert code == 0
    assert (found["difference"], found["power"], found["pilot"]) == (0.2, 0.8, 60)
    assert found["images"] > 60


def test_a_result_is_a_pilot_with_options_of_its_own(
    run: Callable[..., tuple[int, str, str]], pilot: tuple[Path, Path], tmp_path: Path
) -> None:
    result = score_all(*pilot, diagnostics=False, richness=False)
    result.save(tmp_path / "result")
    code, text, _ = run(tmp_path / "result")
    assert code == 0
    assert "Note: from the interval of a saved result" in " ".join(text.split())
    code, _, errors = run(tmp_path / "result", "--k", "3", "--group-by", "folder")
    assert code == 2
    assert "with SYNTHETIC only: --k, --group-by" in errors


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["nowhere"], 1, "expected a result folder"),
        (["a", "b", "--difference", "0"], 2, "--difference"),
        (["a", "b", "--power", "1"], 2, "--power"),
    ],
)
def test_what_cannot_be_answered_is_one_line(
    run: Callable[..., tuple[int, str, str]], arguments: list[str], code: int, message: str
) -> None:
    found, text, errors = run(*arguments)
    assert (found, text) == (code, "")
    assert message in errors
