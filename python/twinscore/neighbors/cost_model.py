"""How long a search will take: a probe on this machine, grown by what benches have measured.

The figures come from `bench/records/backends.jsonl` and `bench/records/scaling.jsonl`, 10,000 to
1,000,000 rows. The exact search prunes the better the more rows there are, and more on embeddings
than on noise; its exponent lies between those of both.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import numpy as np

from twinscore.neighbors.problem import SearchProblem

if TYPE_CHECKING:
    from twinscore.neighbors.backend import Backend
    from twinscore.records import IdArray, PointMatrix

PROBE_ROWS = 6_000
GROWTH = {"exact": 1.7, "hnsw": 1.25, "torch": 2.0}
"""Seconds of a self-join grow with this power of the number of rows."""


def predicted_seconds(
    name: str, backend: Backend, points: PointMatrix, k: int, threads: int
) -> float:
    """Predict how long the neighbors of all points among themselves take.

    Parameters
    ----------
    name
        A key of `GROWTH`.
    backend
        To be timed on a sample of the points.
    points
        Shape (n, d).
    k, threads
        Of the search.
    """
    rows = probe_rows(len(points))
    sample = np.ascontiguousarray(points[rows])
    problem = SearchProblem(sample, sample, min(k, len(sample) - 1), self_join=True)
    # The first call of a library loads it.
    few = sample[: 4 * problem.k + 64]
    backend.search(SearchProblem(few, few, min(k, len(few) - 1), self_join=True), threads, None)
    started = time.perf_counter()
    backend.search(problem, threads, None)
    took = time.perf_counter() - started
    return float(took * (len(points) / len(sample)) ** GROWTH[name])


def probe_rows(count: int) -> IdArray:
    """Pick the rows to probe: spread evenly, in their order."""
    return np.unique(np.linspace(0, count - 1, min(count, PROBE_ROWS)).astype(np.int64))


def available_bytes() -> int:
    """Return how much memory this machine has left; without a way to know, a lot."""
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError, AttributeError):
        return 1 << 62


def index_bytes(rows: int, width: int, links: int = 16) -> int:
    """Bound the memory of a navigable graph: its copy of the rows, and the links."""
    return rows * (4 * width + 16 * links)
