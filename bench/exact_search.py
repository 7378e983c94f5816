"""Time the exact search against FAISS's flat index, both on the same threads in one process.

python bench/exact_search.py --photographs FOLDER --out bench/records/exact_search.jsonl
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import time
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import faiss
import numpy as np

import twinscore as ts
from photographs import cached_crops
from twinscore import _core
from twinscore.neighbors.backends.exact import KERNEL_VARIABLE, kernels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    from twinscore.base.arrays import FloatMatrix

REAL = "crops of photographs, efficientnet-lite0"
GAUSSIAN = "isotropic Gaussian"


@dataclass(frozen=True)
class Case:
    """One search: `queries` is None for a self-join."""

    name: str
    data: str
    rows: int
    columns: int
    k: int
    queries: int | None = None
    kernel: str = ""


@dataclass(frozen=True)
class Record:
    """What was measured: medians of seconds, and what the search did."""

    case: Case
    kernel: str
    seconds: float
    faiss_seconds: float
    repeats: int
    faiss_repeats: int
    same_ids: float
    prefix_width: int
    wide_width: int
    coarse: bool
    past_prefix: float
    past_wide: float
    threads: int
    host: str
    commit: str

    @property
    def ratio(self) -> float:
        """How many times faster than FAISS."""
        return float(self.faiss_seconds / self.seconds)


def main_cases() -> Iterator[Case]:
    """List the searches the kernel is made for."""
    for rows in (25_000, 100_000):
        for k in (1, 10):
            yield Case("self_knn", REAL, rows, 1280, k)
    yield Case("knn", REAL, 50_000, 1280, 1, queries=20_000)
    yield Case("self_knn", GAUSSIAN, 50_000, 512, 1)
    yield Case("self_knn", REAL, 25_000, 1280, 1, kernel="avx2")


def small_cases() -> Iterator[Case]:
    """List shapes where preparation could cost more than it saves."""
    for rows in (1_000, 2_000, 10_000):
        for columns in (32, 128, 512, 1024, 2048):
            for k in (1, 10, 100):
                yield Case("self_knn", GAUSSIAN, rows, columns, k)


def middling_cases() -> Iterator[Case]:
    """List pools of most first looks, on which processors without AVX-512 are told apart."""
    yield Case("self_knn", GAUSSIAN, 20_000, 512, 1)
    for rows in (11_000, 30_000):
        for k in (1, 10):
            yield Case("self_knn", REAL, rows, 1280, k)


def median_seconds(call: Callable[[], Any], repeats: int) -> float:
    """Time a call."""
    seconds = []
    for _ in range(repeats):
        started = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def measure(case: Case, points: FloatMatrix, repeats: int, most_faiss: float) -> Record:
    """Check both answers against each other, then time both."""
    threads = faiss.omp_get_max_threads()
    queries = None if case.queries is None else points[: case.queries]
    reference = points if case.queries is None else points[case.queries :]

    def ours() -> ts.Neighbors:
        if queries is None:
            return ts.self_knn(reference, case.k, threads=threads)
        return ts.knn(queries, reference, case.k, threads=threads)

    def theirs() -> Any:
        index = faiss.IndexFlatL2(reference.shape[1])
        index.add(reference)
        if queries is None:
            return index.search(reference, case.k + 1)[1]
        return index.search(queries, case.k)[1]

    os.environ[KERNEL_VARIABLE] = case.kernel
    started = time.perf_counter()
    their_ids = theirs()
    once = time.perf_counter() - started
    same = agreement(ours(), their_ids, self_join=queries is None)
    faiss_repeats = max(1, min(repeats, int(most_faiss / once)))
    report = search_report(case, queries, reference, threads)
    return Record(
        case,
        case.kernel or kernels()[-1],
        median_seconds(ours, repeats),
        once if faiss_repeats == 1 else median_seconds(theirs, faiss_repeats),
        repeats,
        faiss_repeats,
        same,
        report["prefix_width"],
        report["wide_width"],
        bool(report["coarse"]),
        report["past_prefix"] / report["pairs"],
        report["past_wide"] / report["pairs"],
        threads,
        host(),
        commit(),
    )


def agreement(ours: ts.Neighbors, their_ids: npt.NDArray[np.int64], *, self_join: bool) -> float:
    """Share of neighbors FAISS finds too; float32 sums and ties explain the rest."""
    rows, k = ours.ids.shape
    found = 0.0
    for row in range(rows):
        theirs = [i for i in their_ids[row] if not (self_join and i == row)][:k]
        found += len(np.intersect1d(theirs, ours.ids[row]))
    return float(found / (rows * k))


def search_report(
    case: Case, queries: FloatMatrix | None, reference: FloatMatrix, threads: int
) -> dict[str, int]:
    """Ask the core what it did."""
    if queries is None:
        return _core.exact_self_knn(reference, case.k, None, case.kernel, "", threads, None)[-1]
    return _core.exact_knn(queries, reference, case.k, None, None, case.kernel, "", threads, None)[
        -1
    ]


def host() -> str:
    """Name the processor."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{models[0] if models else platform.processor()}, {len(models) or os.cpu_count()} cores"


@cache
def commit() -> str:
    """Name the version that is measured, before its records change the tree."""
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def table(records: list[Record]) -> str:
    """Format the records as Markdown."""
    lines = [
        "| search | data | rows | columns | k | kernel | seconds | FAISS | ratio | same ids |"
        " coordinates | past prefix | past wide |",
        "|---|---|---:|---:|---:|---|---:|---:|---:|---:|---|---:|---:|",
    ]
    for r in records:
        rows = f"{r.case.rows:,}"
        if r.case.queries is not None:
            rows = f"{r.case.queries:,} in {r.case.rows:,}"
        widths = f"{r.prefix_width} int8" if r.coarse else f"{r.prefix_width}"
        widths += f", {r.wide_width}" if r.wide_width else ""
        lines.append(
            f"| {r.case.name} | {r.case.data} | {rows} | {r.case.columns} | {r.case.k} |"
            f" {r.kernel} | {r.seconds:.3g} | {r.faiss_seconds:.3g} | {r.ratio:.1f} |"
            f" {r.same_ids:.2%} | {widths} | {r.past_prefix:.2%} | {r.past_wide:.3%} |"
        )
    return "\n".join(lines)


CASES = {"main": main_cases, "middling": middling_cases, "small": small_cases}


def recorded(out: Path | None, threads: int) -> set[Case]:
    """Return the cases that this commit was timed on here."""
    if out is None or not out.exists():
        return set()
    records = map(json.loads, out.read_text().splitlines())
    here = (host(), commit(), threads)
    return {
        Case(**record["case"])
        for record in records
        if (record["host"], record["commit"], record["threads"]) == here
    }


@click.command()
@click.option("--photographs", type=click.Path(path_type=Path), help="Folder of more photographs.")
@click.option("--threads", default=2, show_default=True)
@click.option("--repeats", default=5, show_default=True)
@click.option("--most-faiss", default=120.0, show_default=True, help="Seconds of FAISS a case.")
@click.option("--most-rows", default=100_000, show_default=True, help="Leave out larger cases.")
@click.option(
    "--only",
    type=click.Choice(list(CASES)),
    multiple=True,
    help="Only these cases. May be repeated.",
)
@click.option(
    "--kernel", default="", help="Of all cases that name none, such as avx2-int8; else the fastest."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Append the records as JSON lines; what this commit has recorded there is left out.",
)
def main(
    photographs: Path | None,
    threads: int,
    repeats: int,
    most_faiss: float,
    most_rows: int,
    only: tuple[str, ...],
    kernel: str,
    out: Path | None,
) -> None:
    """Print the table of ratios."""
    faiss.omp_set_num_threads(threads)
    done = recorded(out, threads)
    cases = [case for name in only or CASES for case in CASES[name]()]
    cases = [replace(case, kernel=case.kernel or kernel) for case in cases]
    cases = [case for case in cases if case.rows <= most_rows and case not in done]
    records = []
    for case in cases:
        rows = case.rows + (case.queries or 0)
        if case.data == REAL:
            points = cached_crops(rows, photographs)
        else:
            random = np.random.default_rng(0)
            points = random.standard_normal((rows, case.columns), dtype=np.float32)
        record = measure(case, points, repeats, most_faiss)
        records.append(record)
        click.echo(
            f"{case.name} {rows} x {case.columns}, k = {case.k}: {record.ratio:.1f}", err=True
        )
        if out is not None:
            out.parent.mkdir(parents=True, exist_ok=True)
            with out.open("a") as lines:
                lines.write(json.dumps(asdict(record)) + "\n")
    click.echo(f"{host()}, {threads} threads, commit {commit()}, faiss {faiss.__version__}\n")
    click.echo(table(records))


if __name__ == "__main__":
    main()
