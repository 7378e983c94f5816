"""Stores in a real S3 server, on a way to it on which things go wrong."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from object_storage import CREDENTIALS, CUT, DENY, DROP, PASS, ObjectStorage, WayToStorage
from twinscore.embedding.store import load_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytest.importorskip("onnxruntime", reason="needs the extra cpu")
pytest.importorskip("moto.server", reason="needs moto[server]")
s3fs = pytest.importorskip("s3fs", reason="needs the extra s3")

pytestmark = pytest.mark.slow

IMAGES, SHARD = 240, 20
STORE = "s3://farm/shots/renders.store"


@pytest.fixture(scope="module")
def storage() -> Iterator[ObjectStorage]:
    server = ObjectStorage()
    server.start()
    yield server
    server.kill()


@pytest.fixture
def way(storage: ObjectStorage) -> Iterator[WayToStorage]:
    """A way to an empty bucket ``farm``."""
    system = bucket(storage)
    if system.exists("farm"):
        system.rm("farm", recursive=True)
    system.mkdir("farm")
    with WayToStorage(storage.port) as way:
        yield way


def bucket(storage: ObjectStorage) -> Any:
    """Look into the server, past the way."""
    return s3fs.S3FileSystem(
        key=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        secret=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        endpoint_url=f"http://127.0.0.1:{storage.port}",
        use_listings_cache=False,
        skip_instance_cache=True,
    )


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Images in a folder ``frames``."""
    folder = tmp_path_factory.mktemp("farm")
    generator = np.random.default_rng(0)
    (folder / "frames").mkdir()
    for number in range(IMAGES):
        pixels = generator.integers(0, 256, (24, 32, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / "frames" / f"{number:04}.png")
    (folder / "frames" / "0100.png").write_bytes(b"")
    return folder


class Farm:
    """Runs twinscore over the frames, on a way to the bucket."""

    def __init__(self, folder: Path, model: Path, way: WayToStorage) -> None:
        self.folder = folder
        self._model = model
        self._way = way

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "twinscore", *words]

    def embed(self, out: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return self.run(*self.embedding(out), **environment)

    def embedding(self, out: str) -> list[str]:
        options = ["--model", str(self._model), "--shard-size", str(SHARD), "--threads", "1"]
        return ["embed", "frames", "--out", out, *options]

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*words),
            cwd=self.folder,
            env={**self._way.environment, **environment},
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )

    def start(self, *words: str, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*words),
            cwd=self.folder,
            env={**self._way.environment, **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )


@pytest.fixture
def program(farm: Path, save_model: Callable[..., Path], way: WayToStorage) -> Farm:
    program = Farm(farm, save_model(), way)
    if not (farm / "local.store").exists():
        assert program.embed("local.store").returncode == 0
    return program


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("[ems]*")}


def names_in(system: Any) -> list[str]:
    beginning = STORE.removeprefix("s3://") + "/"
    paths = system.find(beginning)
    return [path.removeprefix(beginning) for path in paths if path.startswith(beginning)]


def objects(storage: ObjectStorage) -> dict[str, bytes]:
    system = bucket(storage)
    root = STORE.removeprefix("s3://")
    return {
        name: system.cat_file(f"{root}/{name}")
        for name in names_in(system)
        if not name.startswith(".")
    }


def shards(storage: ObjectStorage) -> int:
    return sum(name.startswith("metadata_") for name in names_in(bucket(storage)))


def wait_for_shards(storage: ObjectStorage, count: int) -> None:
    deadline = time.monotonic() + 120
    while shards(storage) < count:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def only_line(run: subprocess.CompletedProcess[str]) -> str:
    assert run.returncode == 1, run.stderr
    (line,) = run.stderr.splitlines()
    assert line.startswith("twinscore: error: ")
    return line


def test_the_store_and_its_score_are_those_of_a_folder(
    program: Farm, storage: ObjectStorage, way: WayToStorage
) -> None:
    assert program.embed(STORE).returncode == 0
    assert objects(storage) == files(program.folder / "local.store")
    way.requests.clear()
    again = program.embed(STORE)
    assert "0 images embedded, 240 already there" in again.stdout
    assert way.requests["PUT"] == 3  # the lock, and store.json twice
    check = program.run("store", "check", STORE)
    assert (check.returncode, "240 images in 12 whole shards" in check.stdout) == (0, True)
    vectors = load_store(program.folder / "local.store").vectors[::2]
    near = vectors + np.random.default_rng(1).normal(0, vectors.std() / 5, vectors.shape)
    np.save(program.folder / "other.npy", near.astype(np.float32))
    results = []
    for real, *options in ((STORE, "--memory", "1GiB"), ("local.store",)):
        words = ["score", real, "other.npy", "--json", "-", "--allow-skips", *options]
        scored = program.run(*words)
        assert scored.returncode == 0, scored.stderr
        results.append(json.loads(scored.stdout))
    for result in results:
        for name in ("inputs", "seconds", "settings"):  # names, a clock, and how much memory
            del result[name]
    assert results[0] == results[1]
    assert results[0]["score"] > 0.5


def test_a_writer_killed_again_and_again_loses_nothing_and_writes_nothing_twice(
    program: Farm, storage: ObjectStorage
) -> None:
    chance = random.Random(0)
    kills = 0
    for kill in range(3):
        process = program.start(*program.embedding(STORE))
        wait_for_shards(storage, 2 * kill + 1)
        threading.Event().wait(chance.random() * 0.2)
        process.send_signal(signal.SIGKILL)
        assert process.stderr is not None
        process.stderr.close()
        kills += process.wait() == -signal.SIGKILL
    assert kills >= 2
    assert program.embed(STORE).returncode == 0
    assert objects(storage) == files(program.folder / "local.store")


def test_dropped_and_cut_connections_are_asked_again(
    program: Farm, storage: ObjectStorage, way: WayToStorage
) -> None:
    chance = random.Random(1)
    way.rule = lambda _: chance.choices([PASS, DROP, CUT], [16, 1, 1])[0]
    run = program.embed(STORE)
    assert run.returncode == 0, run.stderr
    check = program.run("store", "check", STORE)
    assert check.returncode == 0, check.stderr
    assert objects(storage) == files(program.folder / "local.store")


def test_a_server_that_is_gone_for_a_moment_stops_nobody(
    program: Farm, storage: ObjectStorage, way: WayToStorage
) -> None:
    process = program.start(*program.embedding(STORE))
    wait_for_shards(storage, 2)
    way.close()
    threading.Event().wait(0.5)
    way.open()
    wait_for_shards(storage, 5)
    storage.pause()
    threading.Event().wait(3)
    storage.go_on()
    assert process.stderr is not None
    errors = process.stderr.read()
    process.stderr.close()
    assert process.wait() == 0, errors
    assert objects(storage) == files(program.folder / "local.store")


def test_a_server_that_stays_away_ends_the_run_in_a_line_and_the_next_goes_on(
    program: Farm, storage: ObjectStorage, way: WayToStorage
) -> None:
    process = program.start(*program.embedding(STORE), AWS_MAX_ATTEMPTS="2")
    wait_for_shards(storage, 3)
    way.close()
    assert process.stderr is not None
    errors = process.stderr.read()
    process.stderr.close()
    assert process.wait() == 1
    (line,) = (line for line in errors.splitlines() if "error" in line)
    assert line.startswith(f"twinscore: error: cannot write to the store {STORE}: ")
    assert "Could not connect to the endpoint" in line
    assert line.endswith("finished shards are kept, and the same command goes on from there")
    way.open()
    assert 3 <= shards(storage) < 12
    run = program.embed(STORE)
    assert run.returncode == 0, run.stderr
    assert objects(storage) == files(program.folder / "local.store")


def test_a_server_that_was_killed_and_lost_all_is_filled_again(
    program: Farm, storage: ObjectStorage
) -> None:
    process = program.start(*program.embedding(STORE))
    wait_for_shards(storage, 2)
    storage.kill()
    storage.start()
    assert process.stderr is not None
    errors = process.stderr.read()
    process.stderr.close()
    assert process.wait() == 1
    assert f"error: cannot write to the store {STORE}: " in errors
    assert "Traceback" not in errors
    bucket(storage).mkdir("farm")
    assert program.embed(STORE).returncode == 0
    assert objects(storage) == files(program.folder / "local.store")


def test_what_is_missing_is_said_in_a_line(
    program: Farm, way: WayToStorage, storage: ObjectStorage
) -> None:
    absent = program.embed("s3://nobody/a.store")
    assert "s3://nobody/a.store: The specified bucket does not exist" in only_line(absent)
    unknown = program.embed(STORE, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
    assert "Unable to locate credentials" in only_line(unknown)
    way.rule = lambda what: DENY if what.startswith("PUT") else PASS
    denied = program.embed(STORE)
    assert f"cannot write to the store {STORE}: Access Denied" in only_line(denied)
    way.rule = lambda _: DENY
    for closed in (
        program.embed(STORE),
        program.run("store", "check", STORE),
        program.run("score", STORE, STORE),
    ):
        assert "cannot be read: Access Denied" in only_line(closed)
    assert objects(storage) == {}


def test_two_programs_cannot_write_at_once(program: Farm, storage: ObjectStorage) -> None:
    process = program.start(*program.embedding(STORE))
    wait_for_shards(storage, 1)
    os.kill(process.pid, signal.SIGSTOP)
    second = program.embed(STORE)
    os.kill(process.pid, signal.SIGCONT)
    assert f"another process is writing to the store {STORE} (process {process.pid}" in only_line(
        second
    )
    assert process.stderr is not None
    process.stderr.close()
    assert process.wait() == 0
    assert objects(storage) == files(program.folder / "local.store")


def test_the_commands_of_the_documentation_run_as_shown(
    way: WayToStorage, make_folder: Callable[..., Path]
) -> None:
    folder = make_folder("renders", {".": 6}).parent
    make_folder("photos", {".": 6}, seed=1)
    page = (Path(__file__).parents[3] / "docs" / "inputs.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```sh\npip install '\.\[s3\]'\n(.*?)^```$", page, re.DOTALL | re.M)
    commands = [line.split() for line in block.splitlines()]
    assert len(commands) == 3
    for words in (["twinscore", "embed", "photos", "--out", "photos.store"], *commands):
        run = subprocess.run(
            [sys.executable, "-m", *words],
            cwd=folder,
            env=dict(way.environment),
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert run.returncode == 0, run.stderr
