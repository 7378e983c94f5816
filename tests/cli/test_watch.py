"""The program under fire: a process writes frames while the watch is killed and started again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from annotated_frames import annotated_frames
from scored import score_all
from twinscore.cli import main
from twinscore.embedding.network.embedder import Embedder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import twinscore as ts
    from annotated_frames import AnnotatedFrames
    from command_runs import RunCommand

pytest.importorskip("watchfiles", reason="needs the extra watch")

WRITER = """
import io, random, sys, time
from pathlib import Path
import numpy as np
from PIL import Image

folder, frames, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
random.seed(seed)

def encoded(number):
    pixels = np.random.default_rng(number).integers(0, 256, (24, 32, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()

unfinished = []
for number in range(frames):
    file = folder / f"shot{number % 7}" / f"{number:05}.png"
    file.parent.mkdir(exist_ok=True)
    content = encoded(number)
    kind = random.random()
    if kind < 0.1:
        file.write_bytes(content[: len(content) // 2])
        unfinished.append((file, content))
    elif kind < 0.4:
        partial = file.with_suffix(".tmp")
        partial.write_bytes(content)
        partial.rename(file)
    else:
        file.write_bytes(content)
    if kind > 0.97 and number > 10:
        victim = folder / f"shot{(number - 9) % 7}" / f"{number - 9:05}.png"
        victim.write_bytes(encoded(100_000 + number))
    elif kind > 0.95 and number > 10:
        victim = folder / f"shot{(number - 8) % 7}" / f"{number - 8:05}.png"
        unfinished = [each for each in unfinished if each[0] != victim]
        victim.unlink(missing_ok=True)
    if number % 100 == 99:
        time.sleep(random.uniform(0.0, 1.0))
        for late, rest in unfinished:
            late.write_bytes(rest)
        unfinished = []
for late, rest in unfinished:
    late.write_bytes(rest)
"""


def watch(
    folder: str | Path, real: Path, *options: str, cwd: Path | None = None
) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "twinscore", "watch", str(folder), "--real", str(real)]
    return subprocess.Popen(
        [*command, "--model", str(model_of(real)), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
    )


def model_of(real: Path) -> Path:
    """Return the small network that the real side went through."""
    return real.with_name("mine.onnx")


def wait_for_line(file: Path, process: subprocess.Popen[str], frames: int) -> None:
    """Wait until a score of so many frames was written, far shorter than a rescan takes to come."""
    given_up = time.monotonic() + 30.0
    while time.monotonic() < given_up and process.poll() is None:
        lines = file.read_text().splitlines() if file.exists() else []
        if any(json.loads(line)["frames"] == frames for line in lines):
            return
        time.sleep(0.05)
    process.kill()
    raise AssertionError(process.communicate()[1] or f"no score of {frames} frames")


def finished(process: subprocess.Popen[str], timeout: float = 300) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=timeout)
    return process.returncode, out, err


@pytest.fixture
def renders(tmp_path: Path) -> Path:
    folder = tmp_path / "renders"
    folder.mkdir()
    return folder


@pytest.fixture
def real(tmp_path: Path, save_model: Callable[..., Path]) -> Path:
    """Embeddings of noise by a small network, so that neither side takes any time."""
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    images = np.random.default_rng(1).integers(0, 256, (60, 24, 32, 3), dtype=np.uint8)
    np.save(tmp_path / "real.npy", Embedder(save_model()).embed(images))
    return tmp_path / "real.npy"


def batch_score(renders: Path, real: Path) -> ts.ScoreResult:
    return score_all(real, renders, diagnostics=False, model=model_of(real))


def saved_at(state: Path) -> int | None:
    """When a watch last saved what it knows, in nanoseconds."""
    return state.stat().st_mtime_ns if state.exists() else None


def under_fire(
    renders: Path, real: Path, tmp_path: Path, frames: int, kills: int, *options: str
) -> None:
    lines = tmp_path / "scores.jsonl"
    common = ["--capacity", str(frames), "--settle", "0.5", "--out", str(lines), *options]
    state = renders / ".twinscore-watch.npz"
    with subprocess.Popen([sys.executable, "-c", WRITER, str(renders), str(frames), "0"]) as writer:
        for _ in range(kills):
            before = saved_at(state)
            process = watch(renders, real, *common)
            given_up = time.monotonic() + 120.0
            while saved_at(state) == before and time.monotonic() < given_up:
                time.sleep(0.1)
            time.sleep(0.5)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            assert saved_at(state) != before
    assert writer.returncode == 0
    code, out, err = finished(watch(renders, real, *common, "--until-idle", "3"))
    assert code == 0, err
    last = json.loads(lines.read_text().splitlines()[-1])
    expected = batch_score(renders, real)
    assert last["n_seen"] == last["frames"] == expected.n_synthetic
    assert last["score"] == expected.score
    assert last["unreadable"] == {}
    assert f"{expected.n_synthetic:,} frames counted, 0 landing" in out


@pytest.mark.slow
def test_a_watch_killed_once_counts_every_final_frame_once(
    renders: Path, real: Path, tmp_path: Path
) -> None:
    under_fire(renders, real, tmp_path, frames=60, kills=1)


@pytest.mark.slow
@pytest.mark.parametrize("options", [[], ["--poll"]])
def test_thousands_of_frames_and_three_kills(
    renders: Path, real: Path, tmp_path: Path, options: list[str]
) -> None:
    under_fire(renders, real, tmp_path, 3000, 3, *options)


def test_a_low_score_stops_the_render_with_code_3(
    make_folder: Callable[..., Path], real: Path
) -> None:
    frames = make_folder("renders", {"a": 12}, seed=5)
    code, _, err = finished(
        watch(frames, real, "--stop-below", "1.9", "--after", "10", "--settle", "0")
    )
    assert code == 3
    assert "of 12 frames is below 1.9" in err


@pytest.fixture
def frames(tmp_path: Path, save_model: Callable[..., Path]) -> AnnotatedFrames:
    for package in ("onnxruntime", "pycocotools"):
        pytest.importorskip(package, reason=f"needs {package}")
    return annotated_frames(tmp_path, save_model(name="small.onnx"))


def of_objects(frames: AnnotatedFrames, *options: str) -> list[str]:
    """Return the words of a watch of objects."""
    words = [str(frames.folder), "--real", str(frames.real), "--objects", str(frames.labels)]
    return ["watch", *words, "--model", str(frames.model), "--settle", "0", "--quiet", *options]


def test_a_view_that_is_too_low_stops_the_render_and_is_named(
    frames: AnnotatedFrames, run: RunCommand
) -> None:
    for name in frames.names():
        frames.annotate(name)
        frames.land(name)
    # The worlds of these frames are foreign; their objects are not.
    finished = run(*of_objects(frames, "--stop-below", "0.2", "--after", "8"))
    assert finished.code == 3
    assert "score of environment 0.0000 of 8 pictures is below 0.2" in finished.errors


def test_many_objects_are_not_many_frames(frames: AnnotatedFrames, run: RunCommand) -> None:
    for name in frames.names():
        frames.annotate(name)
        frames.land(name)
    assert len(frames.document["annotations"]) > len(frames.names()) + 1
    after = str(len(frames.names()) + 1)
    words = of_objects(frames, "--stop-below", "9", "--after", after, "--until-idle", "0.1")
    assert run(*words).code == 0


def test_annotations_that_land_after_their_frames_are_noticed(
    frames: AnnotatedFrames, tmp_path: Path
) -> None:
    scores = tmp_path / "scores.jsonl"
    for name in frames.names():
        frames.land(name)
    command = of_objects(frames, "--out", str(scores), "--until-idle", "60")
    process = subprocess.Popen(
        [sys.executable, "-m", "twinscore", *command], stderr=subprocess.PIPE, text=True
    )
    for name in frames.names():
        frames.annotate(name)
    wait_for_line(scores, process, len(frames.names()))
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    last = json.loads(scores.read_text().splitlines()[-1])
    assert last["views"]["items"]["n_synthetic"] == len(frames.document["annotations"])


def test_a_watch_of_objects_needs_a_place_where_annotations_land(
    frames: AnnotatedFrames, run: RunCommand
) -> None:
    finished = run("watch", frames.folder, "--real", frames.real, "--view", "items")
    assert finished.code == 2
    assert "expected --objects with the annotations of the frames" in finished.errors


@pytest.mark.parametrize("options", [[], pytest.param(["--poll"], marks=pytest.mark.slow)])
def test_frames_that_land_below_a_relative_folder_are_noticed_at_once(
    options: list[str], make_folder: Callable[..., Path], real: Path, tmp_path: Path
) -> None:
    make_folder("landing/renders", {"a": 4}, seed=5)
    later = make_folder("later", {"b": 2}, seed=6)
    scores = tmp_path / "scores.jsonl"
    common = ["--settle", "0", "--out", str(scores), *options]
    process = watch("renders/", real, *common, cwd=tmp_path / "landing")
    wait_for_line(scores, process, 4)
    (later / "b").rename(tmp_path / "landing" / "renders" / "b")
    wait_for_line(scores, process, 6)
    process.send_signal(signal.SIGINT)
    assert finished(process)[0] == 130


def test_lines_of_json_alone_go_to_standard_output(
    make_folder: Callable[..., Path], real: Path
) -> None:
    frames = make_folder("renders", {"a": 5}, seed=5)
    (frames / "a" / "empty.png").touch()  # keeps nobody waiting
    code, out, err = finished(
        watch(frames, real, "--settle", "0", "--until-idle", "0.5", "--out", "-"), timeout=60
    )
    assert code == 0, err
    assert json.loads(out.splitlines()[-1])["n_seen"] == 5
    assert all(line.startswith("{") for line in out.splitlines())
    assert "5 frames counted" in err


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_watch_that_is_stopped_saves_its_state(
    stop: signal.Signals, make_folder: Callable[..., Path], real: Path, tmp_path: Path
) -> None:
    frames = make_folder("renders", {"a": 5}, seed=5)
    scores = tmp_path / "scores.jsonl"
    process = watch(frames, real, "--settle", "0", "--out", str(scores))
    state = frames / ".twinscore-watch.npz"
    while not (scores.exists() and scores.stat().st_size) and process.poll() is None:
        time.sleep(0.05)
    process.send_signal(stop)
    code, _, err = finished(process)
    assert code == 130, err
    assert "twinscore: stopped" in err
    assert state.exists()
    assert "Traceback" not in err


@pytest.mark.slow
def test_two_watches_of_one_folder_are_refused(
    make_folder: Callable[..., Path], real: Path
) -> None:
    frames = make_folder("renders", {"a": 5}, seed=5)
    first = watch(frames, real)
    try:
        time.sleep(4.0)
        code, _, err = finished(watch(frames, real))
        assert code == 1
        assert "another watch is running" in err
    finally:
        os.kill(first.pid, signal.SIGKILL)
        first.communicate()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["missing", "--real", "photos"], "expected a folder to watch, but 'missing' is none"),
        ([".", "--real", "missing"], "real side: expected a folder"),
        ([".", "--real", "real.npy", "--state", "missing/a.npz"], "missing is no folder"),
        ([".", "--real", "real.npy", "--out", "missing/a.jsonl"], "cannot write to missing"),
    ],
)
def test_what_cannot_be_watched_is_one_line(
    options: list[str],
    message: str,
    real: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(real.parent)
    with pytest.raises(SystemExit) as stopped:
        main(["watch", *options])
    error = capsys.readouterr().err
    assert stopped.value.code == 1
    assert error.startswith("twinscore: error: ")
    assert message in error
    assert len(error.splitlines()) == 1


def test_a_column_that_frames_lack_is_wrong_usage(
    real: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(real.parent)
    with pytest.raises(SystemExit) as stopped:
        main(["watch", ".", "--real", "real.npy", "--group-by", "scene"])
    assert stopped.value.code == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("Error: expected group_by (--group-by) as one of the columns")
