"""A second exact search, plain enough to be read: float64 loops that Numba compiles.

It shares nothing with the compiled core but the definition of the answer, and so keeps it honest.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from twinscore.base.constants import TIE_TOLERANCE
from twinscore.base.extras import require
from twinscore.base.threads import thread_count
from twinscore.neighbors.backend import Capabilities
from twinscore.neighbors.backends.indexed import as_float32
from twinscore.neighbors.candidates import Candidates, joined, nearest_of

if TYPE_CHECKING:
    from twinscore.base.arrays import Float64Array, FloatMatrix, IdArray
    from twinscore.base.progress import ProgressCallback
    from twinscore.neighbors.problem import SearchProblem
    from twinscore.neighbors.records import Neighbors

QUERIES_AT_ONCE = 32
"""They stay in the cache while the reference streams by once for all of them."""


def measure(
    queries: FloatMatrix,
    reference: FloatMatrix,
    query_groups: IdArray,
    reference_groups: IdArray,
    distances: Float64Array,
) -> None:
    """Fill in squared distances, shape (queries, reference); equal groups are infinitely far."""
    for j in range(len(reference)):
        for i in range(len(queries)):
            total = 0.0
            for column in range(queries.shape[1]):
                difference = np.float64(queries[i, column]) - np.float64(reference[j, column])
                total += difference * difference
            distances[i, j] = np.inf if query_groups[i] == reference_groups[j] else total


@cache
def _compiled_measure() -> Any:
    numba = require("numba", extra="numba", purpose="the backend 'numba'")
    # A sum may take any order: that lets it use all lanes, and costs less than the tolerance.
    return numba.njit(nogil=True, fastmath={"reassoc", "contract"})(measure)


@dataclass(frozen=True, slots=True)
class NumbaBackend:
    """Every pair, in float64."""

    capabilities: ClassVar[Capabilities] = Capabilities(exact=True, groups=True, ties=True)

    def search(
        self, problem: SearchProblem, threads: int, progress: ProgressCallback | None
    ) -> Neighbors:
        """Measure blocks of queries against all of the reference; see `Backend.search`."""
        problem.check()
        measure_block = _compiled_measure()
        reference = as_float32(problem.reference)
        query_groups, reference_groups = _groups(problem)

        def answer(start: int) -> Neighbors:
            block = slice(start, start + QUERIES_AT_ONCE)
            queries = as_float32(problem.queries[block])
            distances = np.empty((len(queries), len(reference)))
            measure_block(queries, reference, query_groups[block], reference_groups, distances)
            return _nearest(distances, problem.k)

        parts: list[Neighbors] = []
        starts = range(0, len(problem.queries), QUERIES_AT_ONCE)
        with ThreadPoolExecutor(thread_count(threads)) as workers:
            try:
                for part in workers.map(answer, starts):
                    parts.append(part)
                    if progress is not None:
                        done = min(len(parts) * QUERIES_AT_ONCE, len(problem.queries))
                        progress(done, len(problem.queries))
            except BaseException:
                workers.shutdown(wait=False, cancel_futures=True)
                raise
        return joined(parts, problem.k)


def _groups(problem: SearchProblem) -> tuple[IdArray, IdArray]:
    """Give every row a group, so that whoever may not be a neighbor is of the same one."""
    if problem.query_groups is not None and problem.reference_groups is not None:
        return problem.query_groups, problem.reference_groups
    reference = np.arange(len(problem.reference))
    if problem.self_join:
        return reference, reference
    return np.full(len(problem.queries), -1), reference


def _nearest(distances: Float64Array, k: int) -> Neighbors:
    farthest = np.partition(distances, k - 1, axis=1)[:, k - 1 : k]
    rows, ids = np.nonzero(distances <= farthest * (1.0 + TIE_TOLERANCE))
    return nearest_of(Candidates(rows, ids, distances[rows, ids]), len(distances), k, ties=True)
