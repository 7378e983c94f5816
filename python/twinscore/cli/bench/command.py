"""twinscore bench: neighbor backends on the caller's own embeddings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from twinscore.base.printable import printable
from twinscore.cli.messages import say
from twinscore.cli.numbers import Number
from twinscore.cli.options import check_workers_word

if TYPE_CHECKING:
    from twinscore.cli.bench.record import Record
    from twinscore.cli.bench.workload import Workload

BENCH_EPILOG = """\b
Backends: exact, numba, torch, sklearn, faiss-flat, faiss-ivf, faiss-hnsw,
hnsw, usearch, pynndescent. Settings follow a colon: hnsw:links=32

\b
Examples:
  twinscore bench --embeddings photos.store
  twinscore bench --embeddings real.npy --synthetic synthetic.npy --out bench/
  twinscore bench --embeddings pool.npy --backends exact,hnsw,hnsw:links=8
  twinscore bench --embeddings pool.npy --backends exact --workers ray
"""

RECORDS_FILE = "bench.jsonl"
PICTURE_FILE = "bench.png"


def _neighbor_counts(
    _context: click.Context, _parameter: click.Parameter, words: str
) -> tuple[int, ...]:
    counts = [word.strip() for word in words.split(",")]
    if not all(count.isdecimal() and int(count) > 0 for count in counts):
        raise click.BadParameter(f"expected numbers of at least 1 like 1,10, got {words!r}")
    return tuple(map(int, counts))


@click.command(epilog=BENCH_EPILOG)
@click.option(
    "--embeddings",
    required=True,
    metavar="FILE|STORE",
    help="Points to search: .npy, .npz, .parquet, or an embedding store.",
)
@click.option(
    "--synthetic",
    metavar="FILE|STORE",
    help="The other side: the error of the score is then that of your own two sides.",
)
@click.option("--backends", metavar="NAME,...", help="Default: all whose packages are installed.")
@click.option(
    "--k",
    "neighbor_counts",
    callback=_neighbor_counts,
    metavar="N,...",
    default="1,10",
    show_default=True,
    help="Neighbors per point.",
)
@click.option("--rows", type=click.IntRange(10), help="Take so many points, drawn at random.")
@click.option("--threads", type=click.IntRange(1), help="Default: all cores.")
@click.option(
    "--workers",
    callback=check_workers_word,
    metavar="ray[://HOST:PORT]",
    help="Measure the exact search on a cluster of Ray as well, on workers of one core.",
)
@click.option(
    "--repeats", type=click.IntRange(1), default=3, show_default=True, help="Take the median."
)
@click.option(
    "--most-seconds",
    type=Number(0, min_open=True),
    default=600.0,
    show_default=True,
    help="Stop a backend that takes longer.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help=f"Add records to {RECORDS_FILE} there, and draw {PICTURE_FILE} of all of them.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON lines in place of the table.")
@click.option("--quiet", "-q", is_flag=True, help="No progress.")
def bench(
    embeddings: str,
    synthetic: str | None,
    backends: str | None,
    neighbor_counts: tuple[int, ...],
    rows: int | None,
    threads: int | None,
    workers: str | None,
    repeats: int,
    most_seconds: float,
    out: Path | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Measure neighbor backends on your own embeddings.

    Build time, query time, memory, recall, and the error of the score. Every distance is
    measured again by the bench, so that no backend can claim what it did not find.
    """
    from platformdirs import user_cache_dir

    from twinscore.base.threads import thread_count
    from twinscore.cli.bench.comparison import read_records
    from twinscore.cli.bench.harness import run_cases
    from twinscore.cli.bench.recall_picture import draw
    from twinscore.cli.bench.table import table_of
    from twinscore.neighbors.registry import check_available, descriptions, installed_backends
    from twinscore.report.terminal.console import Console
    from twinscore.report.terminal.progress import ProgressDisplay

    chosen = descriptions(backends) if backends else list(installed_backends())
    for name in chosen:
        check_available(name)
    if out is not None:
        from twinscore.base.extras import require

        require("matplotlib", extra="bench", purpose="the picture of a bench")
        out.mkdir(parents=True, exist_ok=True)
    workload = _workload(embeddings, synthetic, rows)
    records: list[Record] = []
    try:
        with ProgressDisplay(quiet=quiet) as progress:
            for record in run_cases(
                workload,
                chosen,
                neighbor_counts,
                Path(user_cache_dir("twinscore")) / "bench",
                threads=threads or thread_count(0),
                workers=workers,
                repeats=repeats,
                most_seconds=most_seconds,
                progress=progress,
            ):
                records.append(record)
                if as_json:
                    click.echo(record.to_json())
                if out is not None:
                    with (out / RECORDS_FILE).open("a", encoding="utf-8") as lines:
                        lines.write(record.to_json() + "\n")
    finally:
        # Ctrl-C shows what was measured by then.
        if records and not as_json:
            points = f"{len(workload.points):,} points of {workload.points.shape[1]} columns"
            say(f"{printable(workload.name)}: {points}, {records[0].case.threads} threads")
            Console(highlight=False).print(table_of(records))
        if records and out is not None:
            draw(read_records(out / RECORDS_FILE), out / PICTURE_FILE)
            if not as_json:
                say(f"Written to {out}")
    return 0


def _workload(embeddings: str, synthetic: str | None, rows: int | None) -> Workload:
    import numpy as np

    from twinscore.cli.bench.workload import Workload, made_sides
    from twinscore.embedding.records import Embeddings
    from twinscore.embedding.sides import open_source

    sides = []
    for side, source in (("real", embeddings), ("synthetic", synthetic)):
        if source is None:
            continue
        opened = open_source(source, side=side)
        if not isinstance(opened, Embeddings):
            raise ValueError(
                "expected embeddings (.npy, .npz, .parquet, or a store made by 'twinscore "
                f"embed'), got images: {source}"
            )
        sides.append(opened.vectors)
    if len({side.shape[1] for side in sides}) > 1:
        raise ValueError(
            f"expected synthetic embeddings as wide as the others ({sides[0].shape[1]}), "
            f"got {sides[1].shape[1]}"
        )
    points = np.concatenate(sides).astype(np.float32, copy=False)
    is_real = np.arange(len(points)) < len(sides[0])
    if rows is not None and rows < len(points):
        kept = np.sort(np.random.default_rng(0).choice(len(points), rows, replace=False))
        points, is_real = points[kept], is_real[kept]
    if synthetic is None:
        is_real = made_sides(points)
    return Workload(Path(embeddings).stem, points, is_real)
