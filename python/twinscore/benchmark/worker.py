"""One case in a process of its own: `python -m twinscore.benchmark.worker REQUEST.json`.

What one library allocates, loads or leaves running does not touch the next one.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from twinscore.benchmark.record import Measurement
from twinscore.neighbors.indexed import IndexedBackend, as_float32
from twinscore.neighbors.problem import SearchProblem
from twinscore.neighbors.registry import open_backend

if TYPE_CHECKING:
    from twinscore.neighbors.backend import Backend
    from twinscore.records import IdArray

WARM_UP_ROWS = 300
STATUS = Path("/proc/self/status")
FORGET_PEAK = Path("/proc/self/clear_refs")


def measure(
    points_file: Path, backend_name: str, k: int, threads: int, repeats: int, most_seconds: float
) -> tuple[Measurement, IdArray]:
    """Search the points for the neighbors of each among them.

    Parameters
    ----------
    points_file
        A .npy file, loaded into memory before the clock starts.
    backend_name, k, threads
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
    backend = open_backend(backend_name)
    few = points[: max(WARM_UP_ROWS, 2 * k + 2)]
    # Loading and compiling happen once a process, not once a search.
    _search(backend, SearchProblem(few, few, k, self_join=True), threads)
    resident = _forget_peak()
    runs: list[tuple[float, float]] = []
    processor: list[float] = []
    ids = np.zeros((0, k), dtype=np.int64)
    while len(runs) < repeats and sum(map(sum, runs)) < most_seconds:
        problem = SearchProblem(points, points, k, self_join=True)
        started = time.process_time()
        build, query, ids = _search(backend, problem, threads)
        processor.append(time.process_time() - started)
        runs.append((build, query))
    peak = _memory("VmHWM")
    totals = [build + query for build, query in runs]
    middle = totals.index(statistics.median_low(totals))
    memory = None if peak is None or resident is None else max(0, peak - resident)
    return Measurement(*runs[middle], tuple(totals), processor[middle], memory), ids


def _search(backend: Backend, problem: SearchProblem, threads: int) -> tuple[float, float, IdArray]:
    """Return seconds of building and of asking, and the ids."""
    started = time.perf_counter()
    if isinstance(backend, IndexedBackend):
        index = backend.build(as_float32(problem.reference), threads)
        built = time.perf_counter()
        ids = backend.ask(index, problem).ids
        return built - started, time.perf_counter() - built, ids
    ids = backend.search(problem, threads, None).ids
    return 0.0, time.perf_counter() - started, ids


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
        measurement, ids = measure(
            Path(request["points"]),
            request["backend"],
            request["k"],
            request["threads"],
            request["repeats"],
            request["most_seconds"],
        )
    except (ValueError, ImportError, MemoryError, RuntimeError) as error:
        sys.exit(" ".join(f"{error}".split()) or type(error).__name__)
    np.save(request_file.with_name("ids.npy"), ids)
    answer = json.dumps(asdict(measurement))
    request_file.with_name("measurement.json").write_text(answer)


if __name__ == "__main__":
    main()
