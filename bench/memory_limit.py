"""The exact search in bounded memory beside one that may take what it likes: the price of blocks.

The points resemble embeddings of photographs and lie in a file as float16. It is written part by
part, and only the search without a limit ever reads it whole. Answers are compared before anything
is recorded.

python bench/memory_limit.py --rows 1000000 --memory 1GiB --out bench/records/memory_limit.jsonl
python bench/memory_limit.py --rows 200000 --memory 210MiB
"""

from __future__ import annotations

import json
import os
import resource
import tempfile
import time
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

import twinscore as ts
from exact_search import commit, host
from scale_out import COLUMNS, points_along_axes

if TYPE_CHECKING:
    from twinscore.neighbors.records import Neighbors

CORES = 2
ROWS_AT_ONCE = 25_000


@dataclass(frozen=True)
class Record:
    """Both searches of one pool, each once.

    Attributes
    ----------
    rows, memory
        Of the pool; what the search in blocks may take.
    limited_seconds, seconds
        With the limit, and without.
    limited_processor_seconds, processor_seconds
        Of all threads: what a busy machine blurs less.
    limited_peak
        Bytes by which the process grew at most while it searched with the limit.
    ratio
        Seconds with the limit over those without.
    load
        Of the machine at the end, other jobs included.
    """

    rows: int
    memory: str
    limited_seconds: float
    seconds: float
    limited_processor_seconds: float
    processor_seconds: float
    limited_peak: int
    ratio: float
    load: float
    host: str
    commit: str


def write_pool(path: Path, rows: int) -> None:
    """Write points, never more than a part of them in memory."""
    random = np.random.default_rng(0)
    axes = None
    pool = np.lib.format.open_memmap(path, mode="w+", dtype=np.float16, shape=(rows, COLUMNS))
    for start in range(0, rows, ROWS_AT_ONCE):
        stop = min(start + ROWS_AT_ONCE, rows)
        part, axes = points_along_axes(random, stop - start, axes)
        pool[start:stop] = part
    pool.flush()


def peak() -> int:
    """Return the most bytes that this process has taken."""
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def timed(path: Path, memory: str | None) -> tuple[float, float, Neighbors]:
    """Search a pool; returns seconds and processor seconds first."""
    started, worked = time.perf_counter(), time.process_time()
    found = ts.self_knn(path, threads=CORES, memory=memory)
    return time.perf_counter() - started, time.process_time() - worked, found


def write_apart(path: Path, rows: int) -> Path:
    """Write points in another process: what that takes is not to hide what the search takes."""
    writing = get_context("spawn").Process(target=write_pool, args=(path, rows))
    writing.start()
    writing.join()
    if writing.exitcode != 0:
        raise click.ClickException(f"expected a pool at {path}: see above")
    return path


@click.command()
@click.option("--rows", default=1_000_000, show_default=True)
@click.option("--memory", default="1GiB", show_default=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Add a record there.")
def main(rows: int, memory: str, out: Path | None) -> None:
    """Search a pool with a limit of memory, then without, and compare."""
    with tempfile.TemporaryDirectory() as folder:
        # The first search loads what any takes.
        timed(write_apart(Path(folder) / "few.npy", 2_000), memory)
        path = write_apart(Path(folder) / "pool.npy", rows)
        before = peak()
        limited_seconds, limited_processor_seconds, limited = timed(path, memory)
        grown = peak() - before
        click.echo(
            f"under {memory}: {limited_seconds:.1f} s ({limited_processor_seconds:.1f} of "
            f"processors), grew by {grown >> 20} MiB at most"
        )
        seconds, processor_seconds, found = timed(path, None)
    np.testing.assert_array_equal(limited.ids, found.ids)
    np.testing.assert_array_equal(limited.distances, found.distances)
    ratio = limited_seconds / seconds
    click.echo(
        f"{rows:,} x {COLUMNS}: {seconds:.1f} s ({processor_seconds:.1f} of processors) without a "
        f"limit, {ratio:.2f} times as long with it"
    )
    if out is None:
        return
    measured = Record(
        rows=rows,
        memory=memory,
        limited_seconds=limited_seconds,
        seconds=seconds,
        limited_processor_seconds=limited_processor_seconds,
        processor_seconds=processor_seconds,
        limited_peak=grown,
        ratio=ratio,
        load=os.getloadavg()[0],
        host=host(),
        commit=commit(),
    )
    with out.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(asdict(measured)) + "\n")


if __name__ == "__main__":
    main()
