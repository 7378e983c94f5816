"""What README shows is true: its Python runs, its options exist, its commands are those of CI."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np
import pytest

import twinscore as ts
from twinscore.cli.program import cli
from twinscore.scoring.result import RESULT_KEYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, flags=re.DOTALL | re.MULTILINE)


def _all_commands(group: click.Group) -> Iterator[click.Command]:
    for command in group.commands.values():
        if isinstance(command, click.Group):
            yield from _all_commands(command)
        else:
            yield command


@pytest.mark.parametrize("snippet", blocks("python"))
def test_python_snippets_run(
    snippet: str,
    make_folder: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    if "import torch" in snippet:
        pytest.importorskip("torch", reason="needs torch")
    monkeypatch.chdir(tmp_path)
    if "photos.store" in snippet:
        make_store(make_folder("photos", {"a": 5}), tmp_path / "photos.store")
    exec(compile(snippet, "README.md", "exec"), {})


def make_store(photos: Path, store: Path) -> None:
    (photos / "a" / "broken.png").write_bytes(b"")
    ts.embed(photos, store, shard_size=4)


def test_a_store_is_read_with_numpy_and_pyarrow_as_shown(
    make_folder: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    monkeypatch.chdir(tmp_path)
    make_store(make_folder("photos", {"a": 5}), tmp_path / "photos.store")
    (snippet,) = (block for block in blocks("python") if "photos.store" in block)
    names: dict[str, Any] = {}
    exec(compile(snippet, "README.md", "exec"), names)
    np.testing.assert_array_equal(names["embeddings"], ts.load_store("photos.store").vectors)
    assert len(names["vectors"]) == 6


def test_the_loader_example_keeps_good_samples_and_drops_foreign_ones_as_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    pytest.importorskip("torch", reason="needs torch")
    (snippet,) = (block for block in blocks("python") if "import torch" in block)
    exec(compile(snippet, "README.md", "exec"), {})
    # What the monitor says first depends on the time that it was given.
    shown = capsys.readouterr().out.splitlines()[-2:]
    assert "\n".join(shown) + "\n" in blocks("text")
    counts = {
        kind: (int(good), int(foreign))
        for kind, good, foreign in (
            re.fullmatch(r"(\w+): (\d+) good, (\d+) foreign", line).groups()  # type: ignore[union-attr]
            for line in shown
        )
    }
    assert counts["passing"][0] >= 190
    assert counts["passing"][1] == 0
    assert counts["drawn"][0] > 3 * counts["drawn"][1]


def test_shown_options_exist() -> None:
    options = {
        name
        for command in _all_commands(cli)
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for name in (*parameter.opts, *parameter.secondary_opts)
    }
    shown = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", README))
    assert shown - options == {"--help"}


def test_every_key_of_the_result_is_explained() -> None:
    keys = set(RESULT_KEYS)
    assert {key for key in keys if f"`{key}`" not in README} == set()


def test_files_and_pictures_that_are_linked_exist() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).is_file(), target


def test_ci_runs_the_test_command_as_shown() -> None:
    _, test_command, *_ = blocks("sh")
    assert f"({test_command.strip()})" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
