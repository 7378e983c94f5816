"""What README shows is true: its Python runs, its options exist, its commands are those of CI."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from twinscore.cli.program import cli
from twinscore.result import NOT_IN_JSON, ScoreResult

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, flags=re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("snippet", blocks("python"))
def test_python_snippets_run(snippet: str) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    exec(compile(snippet, "README.md", "exec"), {})


def test_shown_options_exist() -> None:
    options = {
        name
        for command in cli.commands.values()
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for name in (*parameter.opts, *parameter.secondary_opts)
    }
    shown = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", README))
    assert shown - options == {"--help"}


def test_every_key_of_the_result_is_explained() -> None:
    keys = {name for name in ScoreResult.__slots__ if name not in NOT_IN_JSON}
    assert {key for key in keys if f"`{key}`" not in README} == set()


def test_files_and_pictures_that_are_linked_exist() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).is_file(), target


def test_ci_runs_the_test_command_as_shown() -> None:
    _, test_command, *_ = blocks("sh")
    assert f"({test_command.strip()})" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
