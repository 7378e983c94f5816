"""Time a score by sample beside the exact search of all images, and see whether it holds it.

The pool: mixtures of two real embeddings each; half of the synthetic side is moved away, so that
the score is near 0.67.

python bench/sampling.py --photographs FOLDER --out bench/records/sampling.jsonl
"""

from __future__ import annotations

import json
import os
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

import twinscore as ts
from exact_search import commit, host
from photographs import cached_crops
from twinscore.anytime import assess_sample
from twinscore.benchmark.workload import score_of
from twinscore.records import Embeddings
from twinscore.sampling_schedule import Goal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.records import FloatMatrix

CHUNK = 50_000
EMBEDDED_CROPS = 100_000
FOREIGN = 0.5
MOVED = 0.15


@dataclass(frozen=True)
class Record:
    """One run: `precision` is None for the search of all images.

    `cpu_seconds` add up both threads; unlike `seconds` they hardly depend on what else runs.
    """

    rows: int
    columns: int
    precision: float | None
    seed: int
    seconds: float
    cpu_seconds: float
    queries: int
    score: float
    interval: tuple[float, float]
    load: float
    host: str
    commit: str


def pool(rows: int, columns: int, crops: FloatMatrix) -> FloatMatrix:
    """Mix pairs of embeddings; the second half of the rows is the synthetic side."""
    random = np.random.default_rng(0)
    away = MOVED * random.standard_normal(columns, dtype=np.float32)
    points = np.empty((rows, columns), dtype=np.float32)
    for start in range(0, rows, CHUNK):
        part = points[start : start + CHUNK]
        first, second = random.integers(len(crops), size=(2, len(part)))
        weight = random.uniform(0.0, 0.5, size=(len(part), 1)).astype(np.float32)
        part[:] = crops[first, :columns] * (1 - weight) + crops[second, :columns] * weight
        foreign = random.random(len(part)) < FOREIGN
        part[foreign & (np.arange(start, start + len(part)) >= rows // 2)] += away
    return points


@contextmanager
def timed() -> Iterator[dict[str, float]]:
    """Measure the seconds of a block, on the wall and on all processors together."""
    found: dict[str, float] = {"load": os.getloadavg()[0]}
    wall, cpu = time.perf_counter(), time.process_time()
    yield found
    found["seconds"] = time.perf_counter() - wall
    found["cpu_seconds"] = time.process_time() - cpu


def records(points: FloatMatrix, precision: float, seeds: int, threads: int) -> Iterator[Record]:
    """Score samples, then all images."""
    half = len(points) // 2
    names = tuple(map(str, range(half)))
    sides = Embeddings(points[:half], names), Embeddings(points[half:], names)
    shape, machine = points.shape, (host(), commit())
    for seed in range(seeds):
        with timed() as took:
            result = assess_sample(*sides, Goal(precision), seed=seed, threads=threads)
        assert result.sampling is not None
        low, high = result.sampling["interval"]
        queries = result.sampling["queries"]
        yield _record(shape, precision, seed, took, queries, result.score, (low, high), machine)
    with timed() as took:
        neighbors = ts.self_knn(points, threads=threads)
    score = score_of(neighbors, np.arange(len(points)) < half)
    yield _record(shape, None, 0, took, half, score, (score, score), machine)


def _record(
    shape: tuple[int, ...],
    precision: float | None,
    seed: int,
    took: dict[str, float],
    queries: int,
    score: float,
    interval: tuple[float, float],
    machine: tuple[str, str],
) -> Record:
    return Record(
        *(shape[0], shape[1], precision, seed, took["seconds"], took["cpu_seconds"], queries),
        *(score, interval, took["load"], *machine),
    )


@click.command()
@click.option("--photographs", type=click.Path(path_type=Path), help="Folder of more photographs.")
@click.option("--crops", type=click.Path(path_type=Path), help="Embeddings of crops made before.")
@click.option("--rows", default=1_000_000, show_default=True)
@click.option("--columns", default=512, show_default=True)
@click.option("--precision", default=0.01, show_default=True)
@click.option("--seeds", default=3, show_default=True)
@click.option("--threads", default=2, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="Append the records as JSON lines.")
def main(
    photographs: Path | None,
    crops: Path | None,
    rows: int,
    columns: int,
    precision: float,
    seeds: int,
    threads: int,
    out: Path | None,
) -> None:
    """Print a line for each run."""
    embeddings = (
        np.load(crops, mmap_mode="r") if crops else cached_crops(EMBEDDED_CROPS, photographs)
    )
    points = pool(rows, columns, np.asarray(embeddings[:, :columns], dtype=np.float32))
    for record in records(points, precision, seeds, threads):
        click.echo(json.dumps(asdict(record)))
        if out is not None:
            with out.open("a") as lines:
                lines.write(json.dumps(asdict(record)) + "\n")


if __name__ == "__main__":
    main()
