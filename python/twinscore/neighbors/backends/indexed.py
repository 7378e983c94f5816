"""Backends that build an index and then ask it: all that such libraries have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol

import numpy as np

from twinscore.base.logs import logger_of
from twinscore.base.threads import thread_count
from twinscore.neighbors.backend import Capabilities
from twinscore.neighbors.backends import exact
from twinscore.neighbors.candidates import Candidates, joined, nearest_of, squared_distances
from twinscore.neighbors.prepared import pair_distances

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.base.arrays import Float64Array, FloatMatrix, IdArray, PointMatrix
    from twinscore.base.progress import ProgressCallback
    from twinscore.neighbors.problem import SearchProblem
    from twinscore.neighbors.records import Neighbors

ROWS_AT_ONCE = 4_096
"""Between two parts progress is reported and Ctrl-C answered."""

MOST_EXTRA = 4_096
"""So many neighbors and no more are fetched to make up for those of the query's group."""

ORDER_SEED = 0

_log = logger_of(__name__)


class Index(Protocol):
    """Points made searchable."""

    def candidates(self, queries: FloatMatrix, count: int) -> IdArray:
        """Name the nearest points of each query.

        Parameters
        ----------
        queries
            Shape (n, d).
        count
            At most the number of points.

        Returns
        -------
        Shape (n, count), int64, in any order; negative where none was found.
        """


@dataclass(frozen=True, slots=True)
class ShuffledIndex:
    """An index of points that were added in another order.

    Attributes
    ----------
    index
        Its point i is point `order[i]`.
    order
        Shape (n,).
    """

    index: Index
    order: IdArray

    def candidates(self, queries: FloatMatrix, count: int) -> IdArray:
        """Name the nearest points; see `Index.candidates`."""
        ids = self.index.candidates(queries, count)
        return np.where(ids >= 0, self.order[ids], -1)


class IndexedBackend(ABC):
    """Asks the index of a library for ids, and measures those in float64.

    The library's own distances are not used: whatever its rounding, `Neighbors` holds the true
    squared distances of the ids it holds. Points are added in random order: in a graph, those
    that come first are found more easily, and a pool holds its real images first.
    """

    capabilities: ClassVar[Capabilities] = Capabilities()

    @abstractmethod
    def build(
        self, points: FloatMatrix, threads: int, progress: ProgressCallback | None = None
    ) -> Index:
        """Make points searchable.

        Parameters
        ----------
        points
            Shape (n, d), contiguous.
        threads
            At least 1; the index uses as many when it is asked.
        progress
            Called with (points added, points) where they are added in parts.
        """

    def search(
        self, problem: SearchProblem, threads: int, progress: ProgressCallback | None
    ) -> Neighbors:
        """Build an index of the reference and ask it; see `Backend.search`."""
        problem.check()
        built, total = len(problem.reference), len(problem.reference) + len(problem.queries)

        def building(done: int, _points: int) -> None:
            if progress is not None:
                progress(done, total)

        def asking(done: int, _queries: int) -> None:
            if progress is not None:
                progress(built + done, total)

        index = self.index_of(problem.reference, threads, building)
        return self.ask(index, problem, threads, asking)

    def index_of(
        self, points: PointMatrix, threads: int, progress: ProgressCallback | None = None
    ) -> ShuffledIndex:
        """Make points searchable, whatever their order says of them; see `build`."""
        order = np.random.default_rng(ORDER_SEED).permutation(len(points))
        shuffled = as_float32(points[order])
        return ShuffledIndex(self.build(shuffled, thread_count(threads), progress), order)

    def ask(
        self,
        index: Index,
        problem: SearchProblem,
        threads: int = 0,
        progress: ProgressCallback | None = None,
    ) -> Neighbors:
        """Ask an index that was built of the problem's reference."""
        forbidden = int(problem.forbidden_counts().max(initial=0))
        if forbidden > MOST_EXTRA:
            raise ValueError(
                f"expected groups of at most {MOST_EXTRA:,} rows, got one of {forbidden:,}: "
                f"this backend lacks the capability 'groups'; the backend 'exact' has it"
            )
        count = min(problem.k + forbidden, len(problem.reference))
        total = len(problem.queries)
        parts = []
        for start in range(0, total, ROWS_AT_ONCE):
            stop = min(start + ROWS_AT_ONCE, total)
            ids = index.candidates(as_float32(problem.queries[start:stop]), count)
            parts.append(_nearest(problem, start, ids, threads))
            if progress is not None:
                progress(stop, total)
        return joined(parts, problem.k)


def as_float32(points: PointMatrix) -> FloatMatrix:
    """Copy where needed: libraries want contiguous rows of float32."""
    return np.ascontiguousarray(points, dtype=np.float32)


def parts_of(points: FloatMatrix, progress: ProgressCallback | None) -> Iterator[FloatMatrix]:
    """Cut points into parts to add, and report each one that was."""
    for start in range(0, len(points), ROWS_AT_ONCE):
        part = points[start : start + ROWS_AT_ONCE]
        yield part
        if progress is not None:
            progress(start + len(part), len(points))


def _nearest(problem: SearchProblem, first_query: int, found: IdArray, threads: int) -> Neighbors:
    rows = np.repeat(np.arange(first_query, first_query + len(found)), found.shape[1])
    ids = found.ravel().astype(np.int64)
    kept = ids >= 0
    kept[kept] = ~problem.forbidden(rows[kept], ids[kept])
    rows, ids = rows[kept], ids[kept]
    counts = np.bincount(rows - first_query, minlength=len(found))
    short = first_query + np.flatnonzero(counts < problem.k)
    if len(short):
        _log.info("%d queries met fewer than k points; they are searched exactly", len(short))
        enough = ~np.isin(rows, short)
        rows = np.concatenate([rows[enough], np.repeat(short, problem.k)])
        ids = np.concatenate([ids[enough], _exact_ids(problem, short, threads).ravel()])
    candidates = Candidates(rows - first_query, ids, _distances(problem, rows, ids))
    return nearest_of(candidates, len(found), problem.k, ties=False)


def _distances(problem: SearchProblem, rows: IdArray, ids: IdArray) -> Float64Array:
    if problem.self_join:  # pairs within one matrix: several times as fast in the core
        return pair_distances(problem.reference, rows, ids)
    return squared_distances(problem.queries, rows, problem.reference, ids)


def _exact_ids(problem: SearchProblem, rows: IdArray, threads: int) -> IdArray:
    """Search for a few of the queries exactly."""
    own, others = problem.query_groups, problem.reference_groups
    if own is None and problem.self_join:
        own = others = np.arange(len(problem.reference))
    groups = None if own is None else own[rows]
    queries = problem.queries[rows]
    return exact.knn(queries, problem.reference, problem.k, groups, others, threads, None).ids
