"""Time exact self_knn from ten thousand to a million rows: float16, memory-mapped, 768-d.

The points are mixtures of two real embeddings each (crops of photographs, 768 of the 1280
channels), so that there are as many distinct ones as asked for.

python bench/scaling.py --photographs FOLDER --directory /tmp/points
python bench/scaling.py --photographs FOLDER --directory /tmp/points --kernel avx2-int8
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import click
import numpy as np

from exact_search import commit, host
from photographs import cached_crops, mixed
from twinscore import _core
from twinscore.neighbors.backends.exact import kernels

COLUMNS = 768
CHUNK = 50_000


def write_points(file: Path, rows: int, photographs: Path | None, crops: int) -> None:
    """Mix pairs of embeddings into a .npy file of float16 rows."""
    embeddings = cached_crops(crops, photographs)[:, :COLUMNS]
    points = np.lib.format.open_memmap(file, "w+", np.float16, (rows, COLUMNS))
    random = np.random.default_rng(0)
    for start in range(0, rows, CHUNK):
        count = min(CHUNK, rows - start)
        points[start : start + count] = mixed(embeddings, count, random)
    points.flush()


def search(file: Path, rows: int, threads: int, kernel: str) -> dict[str, float | str]:
    """Search the first rows of the file, in this process alone."""
    points = np.load(file, mmap_mode="r")[:rows]
    started = time.perf_counter()
    report = _core.exact_self_knn(points, 1, None, kernel, "", threads, None)[-1]
    return {
        "rows": rows,
        "columns": COLUMNS,
        "threads": threads,
        "kernel": kernel or kernels()[-1],
        "seconds": time.perf_counter() - started,
        "resident_gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
        "prefix_width": report["prefix_width"],
        "wide_width": report["wide_width"],
        "past_prefix": report["past_prefix"] / report["pairs"],
        "past_wide": report["past_wide"] / report["pairs"],
        "host": host(),
        "commit": commit(),
    }


@click.command()
@click.option("--photographs", type=click.Path(path_type=Path), help="Folder of more photographs.")
@click.option("--directory", type=click.Path(path_type=Path), default=Path(), help="For points.")
@click.option("--rows", multiple=True, type=int, default=(10_000, 100_000, 1_000_000))
@click.option("--crops", default=100_000, show_default=True, help="Embeddings to mix.")
@click.option("--threads", default=2, show_default=True)
@click.option("--kernel", default="", help="Instead of the fastest of this processor.")
@click.option("--out", type=click.Path(path_type=Path), help="Append the records as JSON lines.")
@click.option("--alone", is_flag=True, hidden=True)
def main(
    photographs: Path | None,
    directory: Path,
    rows: tuple[int, ...],
    crops: int,
    threads: int,
    kernel: str,
    out: Path | None,
    alone: bool,
) -> None:
    """Print one JSON line for each number of rows."""
    file = directory / f"points-{COLUMNS}-float16.npy"
    if alone:
        click.echo(json.dumps(search(file, rows[0], threads, kernel)))
        return
    if not file.exists() or len(np.load(file, mmap_mode="r")) < max(rows):
        write_points(file, max(rows), photographs, crops)
    for count in rows:
        command = [sys.executable, __file__, "--alone", f"--rows={count}", f"--threads={threads}"]
        command += [f"--directory={directory}", f"--kernel={kernel}"]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        click.echo(done.stdout, nl=False)
        if out is not None:
            with out.open("a") as lines:
                lines.write(done.stdout)


if __name__ == "__main__":
    main()
