"""One way through the house: the contracts on imports in pyproject.toml hold."""

from __future__ import annotations

from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1] / "pyproject.toml"


def test_modules_import_only_from_layers_below_their_own(
    capsys: pytest.CaptureFixture[str],
) -> None:
    cli = pytest.importorskip("importlinter.cli", reason="needs the extra test")
    failed = cli.lint_imports(config_filename=str(PROJECT), no_cache=True)
    assert not failed, capsys.readouterr().out
