"""How long a search will take: probes on this machine, grown by what benches have measured.

Seconds of a self-join grow with a power of the number of rows. That of the exact search lies
between 1.5, on embeddings, and 2, on noise that nothing prunes: two probes tell which.
The figures come from `bench/records/`: `scaling.jsonl` and `exact_search.jsonl`.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Protocol

import numpy as np

from twinscore.neighbors.problem import SearchProblem

if TYPE_CHECKING:
    from twinscore.base.arrays import IdArray, PointMatrix
    from twinscore.neighbors.backend import Backend

PROBE_ROWS = 6_000
LARGER_PROBE_ROWS = 24_000
GROWTH = {"exact": (1.5, 2.0), "hnsw": (1.25, 1.25), "torch": (2.0, 2.0)}
"""Between which powers of the number of rows seconds grow."""


class RowsByNumber(Protocol):
    """A matrix, or what stands for one, of which some rows are copied when asked for."""

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of rows and columns."""

    def __getitem__(self, rows: IdArray, /) -> PointMatrix:
        """Copy some rows; shape (len(rows), columns)."""


def predicted_seconds(
    name: str, backend: Backend, points: RowsByNumber, k: int, threads: int
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
    rows = min(points.shape[0], PROBE_ROWS)
    # The first call of a library loads it.
    _probe(backend, points, min(points.shape[0], 4 * k + 64), k, threads)
    seconds = _probe(backend, points, rows, k, threads)
    lowest, power = GROWTH[name]
    if lowest < power and points.shape[0] > LARGER_PROBE_ROWS:
        larger = _probe(backend, points, LARGER_PROBE_ROWS, k, threads)
        measured = math.log(larger / seconds) / math.log(LARGER_PROBE_ROWS / rows)
        power = min(max(measured, lowest), power)
        rows, seconds = LARGER_PROBE_ROWS, larger
    return float(seconds * (points.shape[0] / rows) ** power)


def _probe(backend: Backend, points: RowsByNumber, rows: int, k: int, threads: int) -> float:
    sample = np.ascontiguousarray(points[probe_rows(points.shape[0], rows)])
    problem = SearchProblem(sample, sample, min(k, len(sample) - 1), self_join=True)
    started = time.perf_counter()
    backend.search(problem, threads, None)
    return time.perf_counter() - started


def probe_rows(count: int, wanted: int) -> IdArray:
    """Pick the rows to probe: spread evenly, in their order."""
    return np.unique(np.linspace(0, count - 1, wanted).astype(np.int64))


def index_bytes(rows: int, width: int, links: int = 16) -> int:
    """Bound the memory of a navigable graph: its copy of the rows, and the links."""
    return rows * (4 * width + 16 * links)
