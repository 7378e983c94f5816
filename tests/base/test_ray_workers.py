"""On a cluster of Ray whose machines die without grace, everything is as in one process."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

import twinscore as ts
from ray_nodes import RayNodes, ray_nodes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow

IMAGES = 160


@pytest.fixture(scope="module")
def cluster() -> Iterator[RayNodes]:
    pytest.importorskip("ray", reason="needs the extra ray")
    with ray_nodes() as nodes:
        yield nodes


def save_images(folder: Path, count: int, seed: int) -> Path:
    folder.mkdir()
    random = np.random.default_rng(seed)
    for number in range(count):
        pixels = random.integers(0, 256, (15, 20, 3), dtype=np.uint8)
        Image.fromarray(pixels).resize((640, 480)).save(folder / f"{number:04d}.jpg")
    (folder / "0011.jpg").write_bytes(b"cut off")
    return folder


def bytes_of(store: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(store.glob("[ems]*"))}


def embedding(source: Path, store: Path, cluster: RayNodes) -> subprocess.Popen[str]:
    """Start `twinscore embed` on a cluster."""
    words = [str(source), "--out", str(store), "--shard-size", "24", "--workers", "ray"]
    return subprocess.Popen(
        [sys.executable, "-u", "-m", "twinscore", "embed", *words],
        env=cluster.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait_for_a_shard(store: Path, run: subprocess.Popen[str]) -> None:
    """Wait until some images are embedded and many are not."""
    while not list(store.glob("metadata_*.parquet")):
        assert run.poll() is None, run.stdout and run.stdout.read()
        with pytest.raises(subprocess.TimeoutExpired):
            run.wait(0.05)


def test_machines_and_the_program_that_asks_may_die_while_images_are_embedded(
    cluster: RayNodes, tmp_path: Path
) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    frames = save_images(tmp_path / "frames", IMAGES, 0)
    store = tmp_path / "store"
    with embedding(frames, store, cluster) as run:
        wait_for_a_shard(store, run)
        run.kill()
    assert 1 <= len(list(store.glob("metadata_*.parquet"))) < IMAGES // 24
    with embedding(frames, store, cluster) as run:
        wait_for_a_shard(store, run)
        cluster.kill_one()
        assert run.stdout is not None
        said = run.stdout.read()
    assert run.returncode == 0, said
    assert f"{IMAGES - 1} embeddings of 1280 dimensions" in said
    assert ", 0 already there" not in said
    ts.embed(frames, tmp_path / "one", shard_size=24)
    assert bytes_of(store) == bytes_of(tmp_path / "one")


SEARCH = """
import sys, numpy as np, twinscore as ts
points, groups = np.load("points.npy"), np.load("groups.npy")
tell = lambda done, total: print(done, total, flush=True)
found = ts.self_knn(points, 5, groups, workers="ray", memory="20MiB", progress=tell)
np.savez("found.npz", distances=found.distances, ids=found.ids,
         tie_offsets=found.tie_offsets, tie_ids=found.tie_ids)
real, twin = points[:9000], points[9000:]
open("score.json", "w").write(ts.score(real, twin, workers="ray", memory="64MiB").to_json())
"""


def test_a_machine_may_die_while_pairs_are_searched(cluster: RayNodes, tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    points = random.standard_normal((18_000, 64)).astype(np.float16)
    points[12_000:12_300] = points[:300]
    groups = random.integers(0, 4000, 18_000)
    np.save(tmp_path / "points.npy", points)
    np.save(tmp_path / "groups.npy", groups)
    with subprocess.Popen(
        [sys.executable, "-c", SEARCH],
        env=cluster.environment,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as run:
        assert run.stdout is not None
        done, total = map(int, run.stdout.readline().split())
        assert done < total // 4
        cluster.kill_one()
        said = run.stdout.read()
    assert run.returncode == 0, said
    alone = ts.self_knn(points, 5, groups)
    with np.load(tmp_path / "found.npz") as found:
        for name in found:
            np.testing.assert_array_equal(found[name], getattr(alone, name), name)
    scored = json.loads((tmp_path / "score.json").read_text())
    expected = json.loads(ts.score(points[:9000], points[9000:], memory="64MiB").to_json())
    for result in (scored, expected):
        del result["seconds"]
    assert scored == expected
