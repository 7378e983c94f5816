"""Run cases, each in a process of its own, and judge what comes back."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from twinscore._version import __version__
from twinscore.base.threads import thread_count
from twinscore.cli.bench.record import Case, Measurement, Record
from twinscore.cli.bench.workload import recall, score_of, true_neighbors, without_ties

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from twinscore.base.arrays import IdArray
    from twinscore.cli.bench.workload import Workload
    from twinscore.neighbors.records import Neighbors

    StageProgress = Callable[[str, int, int], None]


def run_cases(
    workload: Workload,
    backends: Sequence[str],
    neighbor_counts: Sequence[int],
    cache: Path,
    *,
    threads: int,
    workers: str | None = None,
    repeats: int = 3,
    repeat_seconds: float = 20.0,
    most_seconds: float = 600.0,
    progress: StageProgress | None = None,
) -> Iterator[Record]:
    """Measure each backend at each k, one after the other.

    Parameters
    ----------
    workload
        Points and sides.
    backends
        As `twinscore.self_knn` takes them.
    neighbor_counts
        The values of k.
    cache
        Folder for true neighbors.
    threads
        Of every search; of each of the workers 1.
    workers
        Who searches exactly after all backends, as `twinscore.self_knn` takes it.
    repeats, repeat_seconds
        Medians are taken of so many searches, fewer where they take longer than that in all.
    most_seconds
        A case that takes longer is stopped and recorded as failed.
    progress
        Called with (stage, done, total).

    Yields
    ------
    A record as soon as it is made.
    """
    searches: list[tuple[str, int, str | None]] = [(backend, threads, None) for backend in backends]
    if workers is not None:
        searches.append(("exact", 1, workers))
    total = len(searches) * len(neighbor_counts)
    rows, columns = workload.points.shape
    done = 0
    with tempfile.TemporaryDirectory(prefix="twinscore-bench-") as folder:
        points_file = Path(folder) / "points.npy"
        np.save(points_file, workload.points)
        for k in neighbor_counts:
            true = true_neighbors(
                workload.points,
                k,
                cache,
                threads=threads,
                progress=_stage(progress, f"Finding the true neighbors, k = {k}"),
            )
            for backend, of_search, by in searches:
                case = Case(workload.name, rows, columns, backend, k, of_search, by)
                if progress is not None:
                    progress("Measuring", done, total)
                try:
                    measurement, ids = _measured(
                        case, points_file, repeats, repeat_seconds, most_seconds
                    )
                    record = _judged(case, measurement, ids, workload, true)
                except _CaseFailedError as error:
                    record = _record(case, failure=str(error))
                yield record
                done += 1
        if progress is not None:
            progress("Measuring", total, total)


class _CaseFailedError(Exception):
    """Why a case has no measurement."""


def _stage(progress: StageProgress | None, name: str) -> Callable[[int, int], None] | None:
    if progress is None:
        return None
    return lambda done, total: progress(name, done, total)


def _measured(
    case: Case, points_file: Path, repeats: int, repeat_seconds: float, most_seconds: float
) -> tuple[Measurement, IdArray]:
    with tempfile.TemporaryDirectory(dir=points_file.parent) as folder:
        request = Path(folder) / "request.json"
        request.write_text(
            json.dumps(
                {
                    "points": str(points_file),
                    "backend": case.backend,
                    "k": case.k,
                    "threads": case.threads,
                    "workers": case.workers,
                    "repeats": repeats,
                    "most_seconds": repeat_seconds,
                }
            )
        )
        command = [sys.executable, "-m", "twinscore.cli.bench.worker", str(request)]
        environment = dict(os.environ)
        for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
            environment[variable] = str(case.threads)
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                text=True,
                timeout=most_seconds,
                check=False,
                env=environment,
            )
        except subprocess.TimeoutExpired:
            raise _CaseFailedError(f"stopped after {most_seconds:g} s") from None
        if done.returncode != 0:
            lines = done.stderr.strip().splitlines()
            raise _CaseFailedError(lines[-1] if lines else f"ended with code {done.returncode}")
        fields = json.loads((Path(folder) / "measurement.json").read_text())
        fields["total_seconds"] = tuple(fields["total_seconds"])
        return Measurement(**fields), np.load(Path(folder) / "ids.npy")


def _judged(
    case: Case, measurement: Measurement, ids: IdArray, workload: Workload, true: Neighbors
) -> Record:
    try:
        found = recall(workload.points, ids, true)
    except ValueError as error:
        return _record(case, failure=str(error))
    # With the same ids as the truth, ties count as they do there.
    same = np.array_equal(ids, true.ids)
    score = score_of(true if same else without_ties(ids), workload.is_real)
    return _record(
        case,
        measurement=measurement,
        recall=found,
        score=score,
        score_error=score - score_of(true, workload.is_real),
    )


def _record(
    case: Case,
    *,
    measurement: Measurement | None = None,
    recall: float | None = None,
    score: float | None = None,
    score_error: float | None = None,
    failure: str | None = None,
) -> Record:
    return Record(
        case,
        measurement,
        recall,
        score,
        score_error,
        failure,
        os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        host_name(),
        __version__,
    )


def host_name() -> str:
    """Name the processor, and how many of it there are."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    count = len(models) or thread_count()
    return f"{models[0] if models else platform.processor()}, {count} cores"
