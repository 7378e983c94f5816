"""Two thousand files, a tenth of them broken in every way, a run killed again and again."""

from __future__ import annotations

import collections
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from pyarrow import parquet

import twinscore as ts
from twinscore.embedding.store import load_store, read_description

if TYPE_CHECKING:
    from collections.abc import Callable

pytest.importorskip("onnxruntime", reason="needs the extra cpu")

FILES = 2000
KILLS = 5
SHARD = 100

PROGRAM = """
import json, sys
import twinscore as ts
paths, store, model = sys.argv[1:]
embedder = ts.Embedder(model, threads=2, isolated=True)
run = ts.embed(
    json.load(open(paths)), store, model=embedder, shard_size=100,
    progress=lambda run: print(run.done, flush=True),
)
print("finished", flush=True)
"""


def break_file(path: Path, way: int) -> str:
    """Damage a file, and return the reason that is expected for it."""
    content = path.read_bytes()
    if way == 0:
        path.write_bytes(b"")
        return "empty file"
    if way == 1:
        path.write_bytes(content[: len(content) // 2])
        return "truncated file"
    if way == 2:
        path.write_bytes(b"\x89PNG\r\n\x1a\n" + random.Random(0).randbytes(500))
        return "damaged or unsupported file"
    if way == 3:
        path.write_text("a note in place of an image")
        return "not an image"
    path.unlink()
    return "no such file"


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
@pytest.mark.parametrize("seed", [0, 1])
def test_every_good_file_is_there_once_and_every_bad_one_has_its_reason(
    tmp_path: Path, save_model: Callable[..., Path], seed: int
) -> None:
    chance = random.Random(seed)
    paths = write_images(tmp_path / "images")
    bad = chance.sample(range(FILES), FILES // 10)
    reasons = {str(paths[n]): break_file(paths[n], way % 5) for way, n in enumerate(bad)}
    listed = tmp_path / "paths.json"
    listed.write_text(json.dumps(list(map(str, paths))))
    model = save_model()
    store = tmp_path / "store"

    kills = 0
    while run_until(chance.randrange(40, 700), listed, store, model, chance) is not None:
        kills += 1
        held = sum(len(parquet.read_table(file)) for file in store.glob("metadata_*.parquet"))
        assert held % SHARD == 0  # only whole shards
        if kills == KILLS:
            run_until(None, listed, store, model, chance)
            break
    assert kills == KILLS

    description = read_description(store)
    assert (description.images, description.failed) == (FILES, len(bad))
    loaded = load_store(store)
    assert collections.Counter(loaded.names) == {
        str(path): 1 for path in paths if str(path) not in reasons
    }
    assert {each.name: each.reason for each in loaded.skipped} == reasons

    embedder = ts.Embedder(model, threads=2)
    ts.embed(list(paths), tmp_path / "whole", model=embedder, shard_size=SHARD)
    for file in sorted((tmp_path / "whole").glob("[ems]*")):
        assert (store / file.name).read_bytes() == file.read_bytes(), file.name


def write_images(folder: Path) -> list[Path]:
    generator = np.random.default_rng(0)
    folder.mkdir()
    paths = []
    for number in range(FILES):
        path = folder / f"{number:04}.{('png', 'jpg')[number % 2]}"
        pixels = generator.integers(0, 256, (24, 32, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(path)
        paths.append(path)
    return paths


def run_until(
    images: int | None, listed: Path, store: Path, model: Path, chance: random.Random
) -> int | None:
    """Run; kill a decoder now and then, and the program once it embedded so many images.

    Returns
    -------
    int or None
        Images done when the program was killed; None where it finished.
    """
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(listed), str(store), str(model)],
        stdout=subprocess.PIPE,
        text=True,
    )
    first: int | None = None
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if line == "finished\n":
                return None
            done = int(line)
            first = done if first is None else first
            if chance.random() < 0.02:
                kill_a_decoder(process.pid, chance)
            if images is not None and done - first >= images:
                # Anywhere within what follows, not only after a report.
                threading.Event().wait(chance.random() * 0.05)
                process.send_signal(signal.SIGKILL)
                return done
    finally:
        if images is None:
            process.wait(timeout=60)
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
    raise AssertionError(f"the program ended by itself: {process.returncode}")


def kill_a_decoder(parent: int, chance: random.Random) -> None:
    decoders = []
    for task in Path(f"/proc/{parent}/task").iterdir():
        decoders += (task / "children").read_text().split()
    if decoders:
        try:
            os.kill(int(chance.choice(decoders)), signal.SIGKILL)
        except ProcessLookupError:
            time.sleep(0)  # it ended by itself
