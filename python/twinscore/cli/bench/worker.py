"""One case in a process of its own: `python -m twinscore.cli.bench.worker REQUEST.json`.

What one library allocates, loads or leaves running does not touch the next one.
"""

from __future__ import annotations

import json
import statistics
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from twinscore.base.workers.opening import connection_kept
from twinscore.cli.bench.record import Measurement
from twinscore.cli.bench.stopwatch import Stopwatch
from twinscore.cli.bench.workers_search import SearchOnWorkers
from twinscore.neighbors.backends.indexed import IndexedBackend
from twinscore.neighbors.problem import SearchProblem
from twinscore.neighbors.registry import open_backend

if TYPE_CHECKING:
    from twinscore.base.arrays import FloatMatrix, IdArray
    from twinscore.neighbors.backend import Backend
    from twinscore.neighbors.backends.indexed import Index

WARM_UP_ROWS = 300
STATUS = Path("/proc/self/status")
FORGET_PEAK = Path("/proc/self/clear_refs")


def measure(
    points_file: Path, backend: Backend, k: int, threads: int, repeats: int, most_seconds: float
) -> tuple[Measurement, IdArray]:
    """Search the points for the neighbors of each among them.

    Parameters
    ----------
    points_file
        A .npy file, loaded into memory before the clock starts.
    backend, k, threads
        Of the search.
    repeats
        Searches to take the median of.
    most_seconds
        After so many seconds of searching no further repeat starts.

    Returns
    -------
    The measurement, and the ids found, shape (n, k).
    """
    points = np.load(points_file)
    few = points[: max(WARM_UP_ROWS, 2 * k + 2)]
    # Loading and compiling happen once a process, not once a search.
    _search(backend, SearchProblem(few, few, k, self_join=True), threads)
    resident = _forget_peak()
    runs: list[_Run] = []
    while len(runs) < repeats and sum(run.seconds for run in runs) < most_seconds:
        problem = SearchProblem(points, points, k, self_join=True)
        runs.append(_search(backend, problem, threads))
    peak = _memory("VmHWM")
    totals = [run.seconds for run in runs]
    middle = runs[totals.index(statistics.median_low(totals))]
    memory = None if peak is None or resident is None else max(0, peak - resident)
    measurement = Measurement(
        middle.build.seconds,
        middle.query.seconds,
        tuple(totals),
        middle.build.cpu_seconds + middle.query.cpu_seconds,
        memory,
        middle.others,
    )
    return measurement, runs[-1].ids


@dataclass(frozen=True, slots=True)
class _Run:
    """One search: what building and asking took, and the ids found."""

    build: Stopwatch
    query: Stopwatch
    ids: IdArray

    @property
    def seconds(self) -> float:
        return self.build.seconds + self.query.seconds

    @property
    def others(self) -> float | None:
        parts = [watch for watch in (self.build, self.query) if watch.seconds > 0.0]
        if any(watch.others is None for watch in parts):
            return None
        return sum((watch.others or 0.0) * watch.seconds for watch in parts) / self.seconds


@dataclass(frozen=True, slots=True)
class _TimedIndex:
    """The index of a library: the clock runs while it is asked.

    What comes after (distances in float64, order) is no work of the library.
    """

    index: Index
    watch: Stopwatch

    def candidates(self, queries: FloatMatrix, count: int) -> IdArray:
        with self.watch.running():
            return self.index.candidates(queries, count)


def _search(backend: Backend, problem: SearchProblem, threads: int) -> _Run:
    build, query = Stopwatch(), Stopwatch()
    if isinstance(backend, IndexedBackend):
        with build.running():
            index = backend.index_of(problem.reference, threads)
        return _Run(build, query, backend.ask(_TimedIndex(index, query), problem, threads).ids)
    with query.running():
        ids = backend.search(problem, threads, None).ids
    return _Run(build, query, ids)


def _forget_peak() -> int | None:
    """Set the peak of resident memory back to what is resident now, and return that."""
    try:
        FORGET_PEAK.write_text("5")
    except OSError:
        return None
    return _memory("VmRSS")


def _memory(field: str) -> int | None:
    if not STATUS.exists():
        return None
    for line in STATUS.read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) * 1024
    return None


def main() -> None:
    """Answer the request in the file that is named, beside it."""
    request_file = Path(sys.argv[1])
    request = json.loads(request_file.read_text())
    try:
        workers = request["workers"]
        with connection_kept(workers):
            measurement, ids = measure(
                Path(request["points"]),
                SearchOnWorkers(workers) if workers else open_backend(request["backend"]),
                request["k"],
                request["threads"],
                request["repeats"],
                request["most_seconds"],
            )
    except (OSError, ValueError, ImportError, MemoryError, RuntimeError) as error:
        sys.exit(" ".join(f"{error}".split()) or type(error).__name__)
    np.save(request_file.with_name("ids.npy"), ids)
    answer = json.dumps(asdict(measurement))
    request_file.with_name("measurement.json").write_text(answer)


if __name__ == "__main__":
    main()
