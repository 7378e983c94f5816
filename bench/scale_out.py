"""What workers of Ray cost: two of one core each beside two threads of one process.

Both do the same work on the same machine, in turn and at the same priority, and their answers are
compared before anything is timed. Ray's processes are there and have loaded the network when the
clock starts: how long that takes is noted apart. The rate of workers over that of threads is the
median over the repeats.

python bench/scale_out.py --out bench/records/scale_out.jsonl
python bench/scale_out.py --only few-axes --out bench/records/scale_out.jsonl
python bench/scale_out.py --preset quick
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import tempfile
import time
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np
from PIL import Image

import twinscore as ts
from exact_search import commit, host
from twinscore.base.workers.opening import connection_kept

if TYPE_CHECKING:
    from collections.abc import Callable

    from twinscore.base.arrays import FloatMatrix

CORES = 2
COLUMNS = 512
AXES = 24
"""Of the pool that resembles photographs: they vary along few axes, and a little along all."""

PRESETS = {"full": (100_000, 5_000, 3), "quick": (20_000, 160, 3)}
"""Rows, images, repeats."""

WORKERS = "ray"

ISOTROPIC, FEW_AXES = "all pairs, isotropic", "all pairs, along few axes"
EMBEDDING = "embedding of JPEG files"

KINDS = {"isotropic": ISOTROPIC, "few-axes": FEW_AXES, "embedding": EMBEDDING}
"""What `--only` chooses from."""

NICENESS = "RAY_worker_niceness"
"""Environment variable of Ray: 15 where nothing else is said, and threads would go first."""


@dataclass(frozen=True)
class Record:
    """One kind of work.

    Attributes
    ----------
    work
        What was done.
    size
        Rows, or images.
    seconds, workers_seconds
        Of two threads, and of two workers, in order of the repeats.
    ratio
        Rate of workers over that of threads: median of the repeats.
    start_seconds
        From nothing to the first answer of workers, of a small part of the work.
    load
        Of the machine at the end, other jobs included.
    """

    work: str
    size: int
    seconds: tuple[float, ...]
    workers_seconds: tuple[float, ...]
    ratio: float
    start_seconds: float
    load: float
    host: str
    commit: str


def isotropic(rows: int) -> FloatMatrix:
    """Draw points that nothing prunes."""
    return np.random.default_rng(0).standard_normal((rows, COLUMNS), dtype=np.float32)


def along_few_axes(rows: int) -> FloatMatrix:
    """Draw points that vary along few axes, as embeddings of photographs do."""
    return points_along_axes(np.random.default_rng(0), rows, None)[0]


def points_along_axes(
    random: np.random.Generator, rows: int, axes: FloatMatrix | None
) -> tuple[FloatMatrix, FloatMatrix]:
    """Draw points along some axes, or along those drawn with them; returns both."""
    places = random.standard_normal((rows, AXES), dtype=np.float32)
    if axes is None:
        axes = random.standard_normal((AXES, COLUMNS), dtype=np.float32)
    noise = 0.5 * random.standard_normal((rows, COLUMNS), dtype=np.float32)
    return np.asarray(np.maximum(places @ axes, 0.0) + noise), axes


def save_images(folder: Path, count: int) -> None:
    """Write JPEG files of 640 x 480."""
    random = np.random.default_rng(0)
    folder.mkdir()
    for number in range(count):
        pixels = random.integers(0, 256, (30, 40, 3), dtype=np.uint8)
        Image.fromarray(pixels).resize((640, 480)).save(folder / f"{number:05d}.jpg", quality=90)


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that something takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def record(
    name: str,
    size: int,
    repeats: int,
    start: float,
    here: Callable[[], object],
    there: Callable[[], object],
) -> Record:
    """Time both, in turn."""
    pairs = [(timed(here), timed(there)) for _ in range(repeats)]
    seconds, workers_seconds = zip(*pairs, strict=True)
    return Record(
        work=name,
        size=size,
        seconds=seconds,
        workers_seconds=workers_seconds,
        ratio=statistics.median(one / other for one, other in pairs),
        start_seconds=start,
        load=os.getloadavg()[0],
        host=host(),
        commit=commit(),
    )


def of_search(name: str, points: FloatMatrix, repeats: int) -> Record:
    """Compare and time a search of all pairs."""
    few = points[:2_000]
    start = timed(lambda: ts.self_knn(few, workers=WORKERS))
    alone = ts.self_knn(points, threads=CORES)
    together = ts.self_knn(points, workers=WORKERS)
    np.testing.assert_array_equal(alone.ids, together.ids)
    np.testing.assert_array_equal(alone.distances, together.distances)
    return record(
        name,
        len(points),
        repeats,
        start,
        lambda: ts.self_knn(points, threads=CORES),
        lambda: ts.self_knn(points, workers=WORKERS),
    )


def of_embedding(folder: Path, images: int, repeats: int) -> Record:
    """Compare and time the embedding of a folder."""
    frames = folder / "frames"
    save_images(frames, images)
    few = sorted(frames.iterdir())[:32]
    start = timed(lambda: ts.embed(few, folder / "few", workers=WORKERS))

    def embedded(workers: str | None) -> dict[str, bytes]:
        store = folder / "store"
        shutil.rmtree(store, ignore_errors=True)
        ts.embed(frames, store, threads=None if workers else CORES, workers=workers)
        return {path.name: path.read_bytes() for path in sorted(store.glob("[ems]*"))}

    assert embedded(None) == embedded(WORKERS)
    return record(
        EMBEDDING,
        images,
        repeats,
        start,
        lambda: embedded(None),
        lambda: embedded(WORKERS),
    )


def recorded(out: Path | None) -> set[tuple[str, int]]:
    """Tell which work, of which size, has a record of this commit: a stopped run goes on."""
    if out is None or not out.exists():
        return set()
    rows = map(json.loads, out.read_text(encoding="utf-8").splitlines())
    return {(row["work"], row["size"]) for row in rows if row["commit"] == commit()}


@click.command()
@click.option("--preset", type=click.Choice(list(PRESETS)), default="full", show_default=True)
@click.option("--only", type=click.Choice(list(KINDS)), help="One kind of work rather than all.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Add records there.")
def main(preset: str, only: str | None, out: Path | None) -> None:
    """Start Ray with two cores, and time workers beside threads."""
    ray: Any = import_module("ray")
    rows, images, repeats = PRESETS[preset]
    os.environ[NICENESS] = "0"
    ray.init(
        address="local",
        num_cpus=CORES,
        include_dashboard=False,
        log_to_driver=False,
        logging_level="ERROR",
    )
    with connection_kept(WORKERS), tempfile.TemporaryDirectory() as folder:
        measures: dict[tuple[str, int], Callable[[], Record]] = {
            (ISOTROPIC, rows): lambda: of_search(ISOTROPIC, isotropic(rows), repeats),
            (FEW_AXES, rows): lambda: of_search(FEW_AXES, along_few_axes(rows), repeats),
            (EMBEDDING, images): lambda: of_embedding(Path(folder), images, repeats),
        }
        known = recorded(out)
        for work, measure in measures.items():
            if work in known or (only is not None and work[0] != KINDS[only]):
                continue
            measured = measure()
            click.echo(
                f"{measured.work}, {measured.size:,}: {statistics.median(measured.seconds):.2f} s "
                f"with {CORES} threads, {statistics.median(measured.workers_seconds):.2f} s with "
                f"{CORES} workers: {measured.ratio:.2f} of the rate"
            )
            if out is not None:
                with out.open("a", encoding="utf-8") as lines:
                    lines.write(json.dumps(asdict(measured)) + "\n")
    ray.shutdown()


if __name__ == "__main__":
    main()
