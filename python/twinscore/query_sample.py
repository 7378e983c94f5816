"""A growing random sample of the synthetic images, each with its exact neighbors in the pool."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from twinscore.finite_population import mean_interval, sample_size
from twinscore.graph import graph_of
from twinscore.neighbors import knn
from twinscore.scoring import other_side_shares

if TYPE_CHECKING:
    from twinscore.records import (
        BoolArray,
        Float64Array,
        FloatMatrix,
        IdArray,
        Neighbors,
        ProgressCallback,
    )

PILOT_ROWS, PILOT_QUERIES = 50_000, 2_048


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
        Their neighbors, step by step.
    """

    vectors: FloatMatrix
    is_real: BoolArray
    k: int
    threads: int | None
    order: IdArray
    shares: Float64Array = field(default_factory=lambda: np.zeros(0))
    found: list[Neighbors] = field(default_factory=list)

    @property
    def expected_share(self) -> float:
        """Share of real images among the candidates of a synthetic one."""
        return int(self.is_real.sum()) / (len(self.is_real) - 1)

    @property
    def rows(self) -> IdArray:
        """Rows of the pool that were sampled."""
        return self.order[: len(self.shares)]

    def extend(self, count: int, progress: ProgressCallback) -> None:
        """Find the neighbors of the next `count` images; all or none of them count."""
        done = len(self.shares)
        neighbors = self._search(self.order[done : done + count], progress)
        self.found.append(neighbors)
        self.shares = np.concatenate([self.shares, self._shares(neighbors)])

    def look(self, seconds: float) -> Look:
        """Say what is known by now."""
        low, high = mean_interval(self.shares, len(self.order))
        expected = self.expected_share
        return Look(
            len(self.shares),
            float(self.shares.mean()) / expected,
            (low / expected, high / expected),
            seconds,
        )

    def size_for(self, precision: float, pilot: Float64Array | None = None) -> int:
        """Say how large a sample brackets the score to plus or minus `precision`."""
        shares = self.shares if pilot is None else pilot
        return sample_size(shares, len(self.order), precision * self.expected_share)

    def pilot(self, random: np.random.Generator) -> Float64Array:
        """Tell from a smaller pool, of both sides in proportion, how much shares vary.

        Nothing but the size of the sample rests on the answer: what is said of all images comes
        from their own pool.
        """
        part = PILOT_ROWS / len(self.vectors)
        real, synthetic = np.flatnonzero(self.is_real), self.order
        rows = np.sort(
            np.concatenate(
                [
                    random.choice(side, max(self.k + 1, round(part * len(side))), replace=False)
                    for side in (real, synthetic)
                ]
            )
        )
        is_real = self.is_real[rows]
        smaller = QuerySample(
            self.vectors[rows], is_real, self.k, self.threads, np.flatnonzero(~is_real)
        )
        queries = random.permutation(smaller.order)[:PILOT_QUERIES]
        return smaller._shares(smaller._search(queries))

    def _shares(self, neighbors: Neighbors) -> Float64Array:
        return other_side_shares(graph_of(neighbors), self.is_real)

    def _search(self, rows: IdArray, progress: ProgressCallback | None = None) -> Neighbors:
        """Search the whole pool, each image apart from itself."""
        return knn(
            self.vectors[rows],
            self.vectors,
            self.k,
            query_groups=rows,
            reference_groups=np.arange(len(self.vectors)),
            threads=self.threads,
            progress=progress,
        )
