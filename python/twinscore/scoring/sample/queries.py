"""A growing random sample of the synthetic images, each with its exact neighbors in the pool."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from twinscore.graph.neighbor_graph import graph_of
from twinscore.graph.sampled_hubness import shared_neighbors
from twinscore.graph.score import other_side_shares
from twinscore.measures.finite_population import mean_interval, sample_size
from twinscore.neighbors.prepared import PreparedReference

if TYPE_CHECKING:
    from typing import Self

    from twinscore.base.arrays import BoolArray, Float64Array, IdArray, PointMatrix
    from twinscore.base.progress import ProgressCallback
    from twinscore.graph.pool import Pool
    from twinscore.neighbors.records import Neighbors

QUERIES_AT_ONCE = 16_384
"""Between two parts progress is reported. Fewer at a time take longer in all."""


@dataclass(frozen=True, slots=True)
class Look:
    """What was known at one moment.

    Attributes
    ----------
    queries
        Images sampled by then.
    score, interval
        The estimate, and the 95 % interval of the score of all images.
    seconds
        Since the start.
    """

    queries: int
    score: float
    interval: tuple[float, float]
    seconds: float

    @property
    def half_width(self) -> float:
        """Half the width of the interval."""
        return (self.interval[1] - self.interval[0]) / 2


@dataclass(slots=True)
class QuerySample:
    """The pool, the order its synthetic images are drawn in, and what the first of them told.

    Attributes
    ----------
    vectors, is_real
        Shapes (n, d) and (n,): the pool.
    k, threads
        See `twinscore.knn`.
    order
        All synthetic rows, in random order.
    shares
        Shape (sampled,): share of real images among the neighbors of each image sampled.
    found
        Their neighbors, part by part.
    """

    vectors: PointMatrix
    is_real: BoolArray
    k: int
    threads: int | None
    order: IdArray
    shares: Float64Array = field(default_factory=lambda: np.zeros(0))
    found: list[Neighbors] = field(default_factory=list)
    _reference: PreparedReference | None = field(default=None, repr=False)

    @classmethod
    def drawn_from(cls, pool: Pool, k: int, *, seed: int, threads: int | None) -> Self:
        """Put the synthetic images of a pool in random order; none is searched yet."""
        order = np.random.default_rng(seed).permutation(np.flatnonzero(~pool.is_real))
        return cls(pool.vectors, pool.is_real, k, threads, order)

    @property
    def expected_share(self) -> float:
        """Share of real images among the candidates of a synthetic one."""
        return int(self.is_real.sum()) / (len(self.is_real) - 1)

    @property
    def score(self) -> float:
        """S of the images sampled."""
        return float(self.shares.mean()) / self.expected_share

    @property
    def rows(self) -> IdArray:
        """Rows of the pool that were sampled."""
        return self.order[: len(self.shares)]

    @property
    def shared_neighbors(self) -> float:
        """How often two of the images sampled have the same neighbor."""
        return shared_neighbors(map(graph_of, self.found), len(self.is_real))

    def extend(self, count: int, progress: ProgressCallback | None = None) -> None:
        """Find the neighbors of the next `count` images.

        Parts that are finished count, even where an exception ends the rest.
        """
        first = len(self.shares)
        for start in range(first, first + count, QUERIES_AT_ONCE):
            stop = min(start + QUERIES_AT_ONCE, first + count)
            neighbors = self._search(self.order[start:stop])
            self.found.append(neighbors)
            shares = other_side_shares(graph_of(neighbors), self.is_real)
            self.shares = np.concatenate([self.shares, shares])
            if progress is not None:
                progress(stop - first, count)

    def look(self, seconds: float) -> Look:
        """Say what is known by now."""
        low, high = mean_interval(self.shares, len(self.order))
        expected = self.expected_share
        return Look(
            len(self.shares),
            self.score,
            (low / expected, high / expected),
            seconds,
        )

    def size_for(self, precision: float) -> int:
        """Say how large a sample brackets the score to plus or minus `precision`."""
        return sample_size(self.shares, len(self.order), precision * self.expected_share)

    def _search(self, rows: IdArray) -> Neighbors:
        """Search the whole pool, each image apart from itself."""
        if self._reference is None:
            self._reference = PreparedReference(self.vectors, self.k, threads=self.threads)
        return self._reference.search(
            self.vectors[rows],
            self.k,
            query_groups=rows,
            reference_groups=np.arange(len(self.vectors)),
        )
