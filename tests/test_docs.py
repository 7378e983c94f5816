"""The documentation covers what is public, and its Python runs."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import twinscore as ts
from twinscore.scoring.result import RESULT_KEYS

if TYPE_CHECKING:
    from types import ModuleType

DOCS = Path(__file__).parents[1] / "docs"
PAGES = (DOCS / "index.md", *sorted((DOCS / "guides").glob("*.md")))


@pytest.fixture(scope="module")
def site() -> ModuleType:
    described = importlib.util.spec_from_file_location("docs_site", DOCS / "site.py")
    assert described is not None
    assert described.loader is not None
    module = importlib.util.module_from_spec(described)
    described.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_python_of_a_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = page.read_text(encoding="utf-8")
    for block in re.findall(r"^```python\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE):
        if "import torch" in block:
            pytest.importorskip("torch", reason="needs torch")
        exec(compile(block, page.name, "exec"), {})


def test_the_reference_has_every_public_name(site: ModuleType) -> None:
    asked = set(re.findall(r"^::: (\S+)$", site.python_names(), flags=re.MULTILINE))
    objects = [_at(path) for path in asked]
    for name in set(ts.__all__) - {"__version__"}:
        assert getattr(ts, name) in objects, name


def test_the_reference_has_every_command_and_key(site: ModuleType) -> None:
    commands = site.command_pages()
    for command in ("score", "report", "compare", "embed", "watch", "store check", "model export"):
        assert f"## twinscore {command}\n" in commands
    keys = set(re.findall(r"`(\w+)`", site.key_table()))
    assert set(RESULT_KEYS) <= keys


def _at(path: str) -> Any:
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)
