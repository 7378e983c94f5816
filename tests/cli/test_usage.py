"""Wrong usage is code 2 in every command, whoever finds it; data that are refused are code 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import pytest

from command_runs import ERROR, USAGE
from twinscore.cli.program import cli

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from command_runs import RunCommand


def commands(group: click.Group, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*words, name))
        else:
            yield (*words, name)


def command_of(words: tuple[str, ...]) -> click.Command:
    found: click.Command = cli
    for word in words:
        assert isinstance(found, click.Group)
        found = found.commands[word]
    return found


def numeric_options() -> Iterator[tuple[tuple[str, ...], str]]:
    for words in commands(cli):
        for parameter in command_of(words).params:
            if isinstance(parameter, click.Option) and "float" in parameter.type.name:
                yield words, parameter.opts[0]


@pytest.mark.parametrize(("words", "option"), list(numeric_options()))
def test_what_is_no_number_is_wrong_usage(
    run: RunCommand, words: tuple[str, ...], option: str
) -> None:
    finished = run(*words, option, "nan")
    assert finished.code == USAGE
    assert f"Invalid value for '{option}': expected a number, got nan" in finished.errors


REAL = ("--real", "real.npy")


@pytest.mark.parametrize(
    "words",
    [
        ("compare", "a", "b", *REAL, "--video-interval", "0"),
        ("compare", "a", "b", *REAL, "--exposure", "inf"),
        ("compare", "a", "b", *REAL, "--seed", "-1"),
        ("watch", ".", *REAL, "--video-interval", "-1"),
        ("watch", ".", *REAL, "--exposure", "inf"),
        ("watch", ".", *REAL, "--seed", "-1"),
        ("embed", ".", "--out", "x.store", "--video-interval", "0"),
        ("embed", ".", "--out", "x.store", "--exposure", "inf"),
        ("embed", ".", "--out", "x.store", "--model", "resnet50"),
        ("explain", "a", "b", "--seed", "-1"),
        ("explain", "a", "b", "--model", "nosuch"),
        ("plan", "a", "b", "--video-interval", "0"),
        ("score", "a", "b", "--backend", "nosuch"),
        ("score", "a", "b", "--group-by", "folder", "--precision", "0.1"),
        ("bench", "--embeddings", "a.npy", "--backends", "hnsw:links=many"),
        ("model", "check", "nosuch"),
        ("model", "export", "nosuch"),
    ],
)
def test_settings_that_cannot_be_meant_are_wrong_usage_before_any_work(
    run: RunCommand, words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for package in ("onnxruntime", "watchfiles"):
        pytest.importorskip(package, reason=f"needs {package}")
    monkeypatch.chdir(tmp_path)
    finished = run(*words)
    assert finished.code == USAGE
    assert finished.standard == ""
    assert finished.errors.splitlines()[-1].startswith("Error: ")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "words",
    [
        ("score", "gone/", "renders/"),
        ("compare", "gone/", "renders/"),
        ("embed", "gone/", "--out", "x.store"),
        ("report", "gone/"),
    ],
)
def test_data_that_are_not_there_are_an_error(
    run: RunCommand, words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    monkeypatch.chdir(tmp_path)
    assert run(*words).code == ERROR


@pytest.mark.parametrize("words", list(commands(cli)), ids=" ".join)
def test_help_fits_a_terminal_of_80_columns(
    run: RunCommand, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = run(*words, "--help").standard
    assert [line for line in shown.splitlines() if len(line) > 80] == []
