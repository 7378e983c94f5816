from __future__ import annotations

import json
import os
import resource
import threading
from pathlib import Path

import pytest

from twinscore.streaming.watching.json_lines import JsonLines


def test_json_lines_survive_a_crash_in_the_middle_of_a_line(tmp_path: Path) -> None:
    file = tmp_path / "scores.jsonl"
    JsonLines(file).append({"a": 1})
    with file.open("a") as opened:
        opened.write('{"a": 2, "unfinis')
    JsonLines(file).append({"a": 3})
    assert file.read_text() == '{"a": 1}\n{"a": 3}\n'


def test_of_a_line_that_finds_no_room_nothing_is_left(tmp_path: Path) -> None:
    file = tmp_path / "scores.jsonl"
    lines = JsonLines(file)
    lines.append({"a": 1})
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20, limits[1]))
    try:
        with pytest.raises(OSError, match=r"cannot write to .*scores\.jsonl: File too large"):
            lines.append({"a": "x" * 100})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    lines.append({"a": 3})
    assert file.read_text() == '{"a": 1}\n{"a": 3}\n'


def test_a_file_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="cannot write to"):
        JsonLines(tmp_path / "missing" / "scores.jsonl")


def test_names_that_are_no_text_are_written_all_the_same(tmp_path: Path) -> None:
    name = os.fsdecode(b"frame\xff.png")
    JsonLines(tmp_path / "scores.jsonl").append({"unreadable": {name: "truncated file"}})
    line = json.loads((tmp_path / "scores.jsonl").read_text())
    assert line == {"unreadable": {name: "truncated file"}}


def test_lines_go_to_standard_output_if_asked(capsys: pytest.CaptureFixture[str]) -> None:
    JsonLines(Path("-")).append({"a": 1})
    assert capsys.readouterr().out == '{"a": 1}\n'


def test_lines_go_to_a_named_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    received: list[str] = []
    reader = threading.Thread(target=lambda: received.append(pipe.read_text()))
    reader.start()
    JsonLines(pipe).append({"a": 1})
    reader.join(timeout=10)
    assert received == ['{"a": 1}\n']
