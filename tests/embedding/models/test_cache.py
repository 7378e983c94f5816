"""A model is built once, never used damaged, and a broken cache costs time only."""

from __future__ import annotations

import hashlib
import logging
import subprocess
import sys
from pathlib import Path

import pytest

from twinscore.embedding.models.cache import CACHE_VARIABLE, cache_folder, load_or_build

CONTENT = b"a model" * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Builder:
    def __init__(self, content: bytes = CONTENT) -> None:
        self.content = content
        self.calls = 0

    def __call__(self) -> bytes:
        self.calls += 1
        return self.content


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


def cached_file(folder: Path) -> Path:
    return folder / f"model-{SHA256[:12]}.onnx"


def test_second_load_does_not_build(folder: Path) -> None:
    build = Builder()
    assert load_or_build("model", SHA256, build) == CONTENT
    assert load_or_build("model", SHA256, build) == CONTENT
    assert build.calls == 1
    assert cached_file(folder).read_bytes() == CONTENT


@pytest.mark.parametrize("damaged", [b"", CONTENT[:-1], b"b" + CONTENT[1:]])
def test_damaged_file_is_built_anew(
    damaged: bytes, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    load_or_build("model", SHA256, Builder())
    cached_file(folder).write_bytes(damaged)
    build = Builder()
    with caplog.at_level(logging.WARNING):
        assert load_or_build("model", SHA256, build) == CONTENT
    assert build.calls == 1
    assert "is damaged: building it anew" in caplog.text
    assert cached_file(folder).read_bytes() == CONTENT


def test_unwritable_cache_builds_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "file" / "cache"))
    with caplog.at_level(logging.WARNING):
        assert load_or_build("model", SHA256, Builder()) == CONTENT
    assert "cannot be written" in caplog.text


def test_full_disk_leaves_no_file_behind(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with caplog.at_level(logging.WARNING):
        assert load_or_build("model", SHA256, Builder()) == CONTENT
    assert "No space left" in caplog.text
    assert [path.name for path in folder.iterdir() if path.suffix != ".lock"] == []


def test_bytes_of_another_digest_are_used_but_not_cached(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert load_or_build("model", SHA256, Builder(b"other")) == b"other"
    assert "not cached: expected sha256" in caplog.text
    assert not cached_file(folder).exists()


def test_failure_to_build_is_the_callers_to_see(folder: Path) -> None:
    def build() -> bytes:
        raise FileNotFoundError("weights")

    with pytest.raises(FileNotFoundError, match="weights"):
        load_or_build("model", SHA256, build)
    assert not cached_file(folder).exists()


def test_processes_that_start_together_build_once(folder: Path) -> None:
    program = """
import hashlib, pathlib, sys, time, uuid
from twinscore.embedding.models.cache import load_or_build
content = b"a model" * 1000
def build():
    pathlib.Path(sys.argv[1], uuid.uuid4().hex).touch()
    time.sleep(0.5)
    return content
assert load_or_build("model", hashlib.sha256(content).hexdigest(), build) == content
"""
    builds = folder.parent / "builds"
    builds.mkdir()
    command = [sys.executable, "-c", program, str(builds)]
    processes = [subprocess.Popen(command) for _ in range(3)]
    assert [process.wait(timeout=60) for process in processes] == [0, 0, 0]
    assert len(list(builds.iterdir())) == 1


def test_folder_is_the_users_unless_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(CACHE_VARIABLE, raising=False)
    assert "twinscore" in cache_folder().parts
    monkeypatch.setenv(CACHE_VARIABLE, str(Path("elsewhere", "models")))
    assert cache_folder() == Path("elsewhere", "models")
