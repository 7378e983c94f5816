"""Measure neighbor backends on the workloads, and draw what came of it.

python bench/backends.py --preset quick
python bench/backends.py --preset full --photographs FOLDER --out bench/records/backends.jsonl
    (again after an interruption: cases that are in the file are not measured again)
python bench/backends.py --preset growth --photographs FOLDER --out bench/records/growth.jsonl
python bench/backends.py --draw bench/records/backends.jsonl --picture docs/backends.png
python bench/backends.py --draw bench/records/growth.jsonl --growth --picture docs/growth.png
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import click
from platformdirs import user_cache_dir
from rich.console import Console

from growth_picture import draw_growth
from twinscore.cli.bench.comparison import read_records
from twinscore.cli.bench.harness import run_cases
from twinscore.cli.bench.recall_picture import draw
from twinscore.cli.bench.record import Case, Record
from twinscore.cli.bench.table import table_of
from twinscore.neighbors.registry import descriptions, installed_backends
from workloads import WORKLOADS

if TYPE_CHECKING:
    from twinscore.cli.bench.workload import Workload

GRAPHS = ("hnsw", "usearch", "faiss-hnsw")
EFFORTS = (":build_width=40,search_width=20", "")
"""Of graphs: the first builds quickly and finds less, the second is our default."""

SETTINGS = (
    *("exact", "numba", "torch", "sklearn", "faiss-flat"),
    *("faiss-ivf:probes=4", "faiss-ivf:lists=256,probes=8", "faiss-ivf", "faiss-ivf:probes=64"),
    *(f"{name}{effort}" for name in GRAPHS for effort in EFFORTS),
    "pynndescent",
)


GROWTH_SETTINGS = (
    "exact",
    *(f"hnsw{effort}" for effort in (EFFORTS[0], ":build_width=80,search_width=50", "")),
)


@dataclass(frozen=True)
class Preset:
    """What to measure, and for how long at most."""

    workloads: tuple[str, ...]
    rows: tuple[int, ...]
    neighbor_counts: tuple[int, ...]
    backends: tuple[str, ...]
    repeats: int


PRESETS = {
    # PyNNDescent compiles for most of a minute before it starts.
    "quick": Preset(
        ("clusters",),
        (2_000,),
        (1, 10),
        tuple(name for name in installed_backends() if name != "pynndescent"),
        1,
    ),
    "full": Preset(("whitened", "crops"), (50_000,), (1, 10), SETTINGS, 5),
    "growth": Preset(
        ("mixtures",), (50_000, 100_000, 200_000, 400_000, 1_000_000), (1,), GROWTH_SETTINGS, 3
    ),
}


@click.command()
@click.option("--preset", type=click.Choice(list(PRESETS)), default="quick", show_default=True)
@click.option("--workload", "workloads", type=click.Choice(list(WORKLOADS)), multiple=True)
@click.option("--backends", help="In place of those of the preset.")
@click.option("--rows", "sizes", type=click.IntRange(10), multiple=True)
@click.option("--k", "neighbor_counts", type=int, multiple=True)
@click.option("--photographs", type=click.Path(path_type=Path), help="Folder of more photographs.")
@click.option("--crops", type=click.Path(path_type=Path), help="Embeddings of crops made before.")
@click.option("--threads", default=2, show_default=True)
@click.option("--most-seconds", default=900.0, show_default=True, help="Stop what takes longer.")
@click.option("--out", type=click.Path(path_type=Path), help="Append the records as JSON lines.")
@click.option("--draw", "drawn", type=click.Path(path_type=Path), help="Draw these records only.")
@click.option("--growth", is_flag=True, help="Draw seconds against points.")
@click.option("--picture", type=click.Path(path_type=Path), default=Path("backends.png"))
def main(
    preset: str,
    workloads: tuple[str, ...],
    backends: str | None,
    sizes: tuple[int, ...],
    neighbor_counts: tuple[int, ...],
    photographs: Path | None,
    crops: Path | None,
    threads: int,
    most_seconds: float,
    out: Path | None,
    drawn: Path | None,
    growth: bool,
    picture: Path,
) -> None:
    """Print a table for each workload."""
    if drawn is not None:
        (draw_growth if growth else draw)(read_records(drawn), picture)
        return
    chosen = PRESETS[preset]
    for name, rows in product(workloads or chosen.workloads, sizes or chosen.rows):
        workload = WORKLOADS[name](rows, photographs, crops)
        names = descriptions(backends) if backends else chosen.backends
        counts = neighbor_counts or chosen.neighbor_counts
        records: list[Record] = []
        for k in counts:
            recorded = _recorded(out, workload, k, threads)
            records += recorded.values()
            for record in run_cases(
                workload,
                [name for name in names if name not in recorded],
                [k],
                Path(user_cache_dir("twinscore")) / "bench",
                threads=threads,
                repeats=chosen.repeats,
                most_seconds=most_seconds,
            ):
                records.append(record)
                if out is not None:
                    out.parent.mkdir(parents=True, exist_ok=True)
                    with out.open("a") as lines:
                        lines.write(record.to_json() + "\n")
        failed = [record for record in records if record.failure and preset == "quick"]
        click.echo(f"{workload.name}, {len(workload.points):,} points, {threads} threads")
        Console(highlight=False, width=120).print(table_of(records))
        if failed:
            raise click.ClickException(f"{failed[0].case.backend}: {failed[0].failure}")


def _recorded(out: Path | None, workload: Workload, k: int, threads: int) -> dict[str, Record]:
    """Read which backends were measured before."""
    if out is None or not out.exists():
        return {}
    rows, columns = workload.points.shape
    return {
        record.case.backend: record
        for record in read_records(out)
        if record.case == Case(workload.name, rows, columns, record.case.backend, k, threads)
    }


if __name__ == "__main__":
    main()
