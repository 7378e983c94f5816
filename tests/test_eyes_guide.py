"""What the guide to one's own eyes shows is done as it is written, commands included."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from twinscore.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable

GUIDE = (Path(__file__).parents[1] / "docs" / "guides" / "eyes.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, flags=re.DOTALL | re.MULTILINE)


@pytest.mark.slow
def test_the_commands_lead_from_the_file_to_a_score(
    make_folder: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    pytest.importorskip("torch", reason="needs torch, of the extra export")
    pytest.importorskip("onnxscript", reason="needs onnxscript, of the extra export")
    monkeypatch.chdir(tmp_path)
    make_folder("photos", {"a": 12})
    make_folder("renders", {"a": 12}, seed=1)
    (file,) = (block for block in blocks("python") if "def build()" in block)
    (tmp_path / "my.py").write_text(file)
    (commands,) = blocks("sh")
    lines = commands.splitlines()
    assert [line.split()[1] for line in lines] == ["model", "model", "model", "score"]
    for line in lines:
        with pytest.raises(SystemExit) as exit_:
            main(shlex.split(line)[1:])
        assert exit_.value.code == 0, line
    shown = capsys.readouterr().out
    assert shown.startswith("      16  0\n      16  1\n")
    assert "16 dimensions; vectors agree with the original's to 0.001" in shown
    assert "Fingerprint    eyes@" in shown
    assert "12 real" in shown.split("Contrast")[1]
