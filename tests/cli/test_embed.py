"""twinscore embed as its users meet it: what it says, where it stops, how it goes on."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from pyarrow import parquet

from terminal import needs_a_terminal, seen_in_a_terminal
from twinscore.cli import main
from twinscore.embedding.store import load_store, read_description

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytest.importorskip("onnxruntime", reason="needs the extra cpu")

PLAIN = '{"resize_shorter": 8, "crop": 8, "mean": [0, 0, 0], "scale": [1, 1, 1]}'


@pytest.fixture
def run(
    capsys: pytest.CaptureFixture[str], save_model: Callable[..., Path]
) -> Callable[..., tuple[int, str, str]]:
    model = save_model()

    def run_command(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as exit_:
            main(["embed", "--model", str(model), *map(str, arguments)])
        assert isinstance(exit_.value.code, int)
        return (exit_.value.code, *capsys.readouterr())

    return run_command


def test_the_summary_counts_what_was_done(
    run: Callable[..., tuple[int, str, str]], make_folder: Callable[..., Path], tmp_path: Path
) -> None:
    folder = make_folder("real", {"a": 6})
    (folder / "a" / "broken.png").write_bytes(b"")
    arguments = folder, "--out", tmp_path / "store", "--shard-size", 4
    code, text, errors = run(*arguments)
    assert code == 0
    assert text.splitlines() == [
        "6 images embedded, 0 already there, 1 failed",
        f"{tmp_path / 'store'}: 6 embeddings of 3 dimensions in 2 shards, 1 image without",
    ]
    assert errors == f"no embedding: {folder}/a/broken.png: empty file\n"
    (folder / "a" / "002.png").unlink()
    _, text, _ = run(*arguments)
    assert "0 images embedded, 6 already there, 0 failed" in text
    assert "1 image of the store not in the source any more (--prune takes them out)" in text
    assert run(*arguments, "--prune", "--quiet") == (0, "", "")
    assert len(load_store(tmp_path / "store").names) == 5


def test_images_that_are_pruned_are_said_to_be_taken_out(
    run: Callable[..., tuple[int, str, str]], make_folder: Callable[..., Path], tmp_path: Path
) -> None:
    folder = make_folder("real", {"a": 3})
    arguments = folder, "--out", tmp_path / "store"
    run(*arguments)
    (folder / "a" / "002.png").unlink()
    _, text, _ = run(*arguments, "--prune")
    assert "1 image of the store not in the source any more: taken out" in text
    assert "--prune" not in text


def test_options_reach_the_store(
    run: Callable[..., tuple[int, str, str]], make_folder: Callable[..., Path], tmp_path: Path
) -> None:
    folder, store = make_folder("real", {"a": 3, "b": 2}), tmp_path / "store"
    (tmp_path / "plain.json").write_text(PLAIN)
    code, _, _ = run(
        *(folder, "--out", store, "--dtype", "float16", "--hash", "--group-by", "folder"),
        *("--preprocessing", tmp_path / "plain.json", "--no-isolate", "--batch-size", 2),
    )
    assert code == 0
    description = read_description(store)
    assert (description.dtype, description.hashed) == ("float16", True)
    assert description.group_by == "folder"
    loaded = load_store(store)
    assert loaded.groups == ("a",) * 3 + ("b",) * 2
    assert loaded.vectors.max() > 10  # means in 0..255: the model's own constants are not used


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--preprocessing", "{"], 2, "Invalid value for '--preprocessing'"),
        (["--preprocessing", "gone.json"], 2, "expected JSON or a file of it"),
        (["--device", "tpu"], 2, "expected cpu, cuda, cuda:N or auto, got 'tpu'"),
        (["--shard-size", "0"], 2, "Invalid value for '--shard-size'"),
    ],
)
def test_bad_options_are_one_line(
    run: Callable[..., tuple[int, str, str]],
    make_folder: Callable[..., Path],
    tmp_path: Path,
    arguments: list[str],
    code: int,
    message: str,
) -> None:
    found = run(make_folder("real", {"a": 1}), "--out", tmp_path / "store", *arguments)
    assert found[0] == code
    assert message in found[2]


def test_a_source_without_one_good_image_is_an_error(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.png").write_bytes(b"")
    code, _, errors = run(tmp_path / "real", "--out", tmp_path / "store")
    assert code == 1
    assert errors.splitlines()[-1].startswith("twinscore: error: no image of ")


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX limits")
def test_a_disk_that_cannot_take_more_is_one_line_and_the_run_can_go_on(
    make_folder: Callable[..., Path], save_model: Callable[..., Path], tmp_path: Path
) -> None:
    import resource

    folder, store = make_folder("real", {"a": 8}), tmp_path / "store"
    command = [
        *(sys.executable, "-m", "twinscore", "embed", str(folder), "--out", str(store)),
        *("--no-isolate", "--model", str(save_model()), "--shard-size", "4"),
    ]
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    full = subprocess.run(
        command,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limit)),
    )
    assert (full.returncode, full.stdout) == (1, "")
    assert full.stderr == (
        f"twinscore: error: cannot write to the store {store}: File too large; finished shards are "
        "kept, and the same command goes on from there\n"
    )
    mended = subprocess.run(command, capture_output=True, text=True)
    assert mended.stdout.startswith("8 images embedded, 0 already there, 0 failed\n")


TALKATIVE = """
import sys
from twinscore.cli import main
from twinscore.report.terminal import embedding
embedding.SECONDS_BETWEEN_LINES = 0.0
main(sys.argv[1:])
"""


def start(*arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", TALKATIVE, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(("key", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_run_ends_at_once_and_loses_nothing(
    make_folder: Callable[..., Path],
    save_model: Callable[..., Path],
    tmp_path: Path,
    key: signal.Signals,
    code: int,
) -> None:
    folder, store = make_folder("real", {"a": 500}), tmp_path / "store"
    model = save_model(shape=("n", 3, 224, 224))
    with start("embed", folder, "--out", store, "--model", model) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if (found := re.match(r"([\d,]+) of 500 images, [\d.,]+ images/s, ", line)) and int(
                found[1].replace(",", "")
            ) >= 30:
                break
        pressed = time.monotonic()
        process.send_signal(key)
        try:
            process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == code
    assert time.monotonic() - pressed < 5  # a fraction of a second where nothing else runs
    kept = len(parquet.read_table(store / ".draft.parquet"))
    assert 30 <= kept < 500
    with start("embed", folder, "--out", store, "--model", model) as process:
        text, _ = process.communicate(timeout=120)
    assert f"{500 - kept} images embedded, {kept} already there" in text


@needs_a_terminal
def test_a_terminal_sees_rate_and_failures(
    make_folder: Callable[..., Path], save_model: Callable[..., Path], tmp_path: Path
) -> None:
    folder = make_folder("real", {"a": 30})
    (folder / "a" / "[bold]broken.png").write_bytes(b"")
    seen = seen_in_a_terminal(
        ["embed", folder, "--out", tmp_path / "store", "--model", save_model()], columns=120
    )
    assert re.search(r"31 of 31 images, [\d.,]+ images/s, 1 failed", seen)
    assert "[bold]broken.png: empty file" in seen
