"""The package as a whole: quick to import, typed, and its stubs tell the truth."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import twinscore as ts

BROUGHT_IN_WHERE_USED = ("PIL", "click", "onnx", "onnxruntime", "pyarrow", "rich", "torch")


def test_import_brings_in_nothing_that_is_not_used() -> None:
    program = (
        "import sys, twinscore; "
        f"print(*sorted({{'numpy', *{BROUGHT_IN_WHERE_USED!r}}} & sys.modules.keys()))"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert found.stdout.split() == []


def test_a_score_of_embeddings_needs_numpy_and_the_core_only() -> None:
    program = (
        "import sys, twinscore; twinscore.score, twinscore.knn; "
        f"print(*sorted(set({BROUGHT_IN_WHERE_USED!r}) & sys.modules.keys()))"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert found.stdout.split() == []


@pytest.mark.parametrize("name", ts.__all__)
def test_every_public_name_exists(name: str) -> None:
    assert getattr(ts, name) is not None


def test_what_is_listed_is_what_is_public() -> None:
    assert dir(ts) == sorted(ts.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    unknown = "Scorer"
    with pytest.raises(AttributeError, match=unknown):
        getattr(ts, unknown)


@pytest.mark.slow
def test_stubs_of_the_core_match_the_compiled_module() -> None:
    pytest.importorskip("mypy", reason="needs the extra test")
    allowed = Path(__file__).parent / "stubtest_allowlist.txt"
    checked = subprocess.run(
        [sys.executable, "-m", "mypy.stubtest", "twinscore._core", "--allowlist", str(allowed)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
