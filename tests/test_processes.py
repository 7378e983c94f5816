"""The command as a process of its own: keys, pipes and terminals."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from terminal import needs_a_terminal, seen_in_a_terminal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

INTERRUPTED = 130

# Stages report at once, so that a test knows when to press the key.
TALKATIVE = """
import sys
from twinscore.cli import main
from twinscore.report.terminal import progress
progress.SECONDS_BETWEEN_LINES = 0.0
main(sys.argv[1:])
"""


def start(*arguments: object, program: str = TALKATIVE) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


def interrupt(process: subprocess.Popen[str], stage: str) -> tuple[float, list[str]]:
    """Press Ctrl-C once the stage runs; return the seconds to the end and the last words."""
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith(stage):
            break
    pressed = time.monotonic()
    process.send_signal(signal.SIGINT)
    try:
        _, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    last_words = [line for line in errors.splitlines() if line and "%" not in line]
    return time.monotonic() - pressed, last_words


def test_interrupt_key_ends_embedding_at_once(make_folder: Callable[..., Path]) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    folders = make_folder("real", {".": 900}), make_folder("synthetic", {".": 900})
    with start("score", *folders) as process:
        seconds, last_words = interrupt(process, "Embedding real images")
    assert last_words == ["twinscore: stopped"]
    assert process.returncode == INTERRUPTED
    assert seconds < 5  # a second where nothing else runs


def test_interrupt_key_ends_the_search_at_once(tmp_path: Path) -> None:
    for name in ("real", "synthetic"):
        values = np.random.default_rng().standard_normal((30_000, 512), dtype=np.float32)
        np.save(tmp_path / f"{name}.npy", values)
    files = tmp_path / "real.npy", tmp_path / "synthetic.npy"
    with start("score", *files, "--threads", 1) as process:
        seconds, last_words = interrupt(process, "Finding neighbors")
    assert last_words == ["twinscore: stopped"]
    assert process.returncode == INTERRUPTED
    assert seconds < 5  # a second where nothing else runs


@pytest.fixture
def vectors(tmp_path: Path) -> list[str]:
    paths = [str(tmp_path / "real.npy"), str(tmp_path / "synthetic.npy")]
    for seed, path in enumerate(paths):
        np.save(path, np.random.default_rng(seed).standard_normal((40, 4), dtype=np.float32))
    return paths


def test_a_reader_that_leaves_early_gets_no_traceback(vectors: list[str]) -> None:
    program = "from twinscore.cli import main\nmain()"
    with start("score", *vectors, "--json", "-", program=program) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == ""
        assert process.wait(timeout=60) == 0  # as `| head` is no error


def test_a_terminal_that_knows_ascii_only_gets_question_marks(vectors: list[str]) -> None:
    found = subprocess.run(
        [sys.executable, "-m", "twinscore", "score", *vectors],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        timeout=60,
        check=False,
    )
    assert (found.returncode, found.stderr) == (0, "")
    assert re.search(r"Indistinguishability  \d\.\d\d  \?{12}", found.stdout)


@needs_a_terminal
def test_a_terminal_sees_bars_and_a_summary(vectors: list[str]) -> None:
    seen = seen_in_a_terminal(["score", *vectors], columns=80)
    assert "Finding neighbors" in seen
    assert "Indistinguishability" in seen
