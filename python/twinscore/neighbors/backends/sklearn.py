"""The brute-force search of scikit-learn: every pair, by inner products."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.base.extras import require
from twinscore.neighbors.backends.indexed import IndexedBackend

if TYPE_CHECKING:
    from twinscore.base.arrays import FloatMatrix, IdArray
    from twinscore.base.progress import ProgressCallback

EXTRA, PURPOSE = "sklearn", "the backend 'sklearn'"


class SklearnIndex:
    """Points as they are."""

    def __init__(self, index: Any, threads: int) -> None:
        self._index = index
        self._threads = threads

    def candidates(self, queries: FloatMatrix, count: int) -> IdArray:
        """Name the nearest points; see `Index.candidates`."""
        threadpoolctl = require("threadpoolctl", extra=EXTRA, purpose=PURPOSE)
        with threadpoolctl.threadpool_limits(self._threads):
            ids = self._index.kneighbors(queries, count, return_distance=False)
        return np.asarray(ids, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class SklearnBackend(IndexedBackend):
    """`sklearn.neighbors.NearestNeighbors` with the algorithm "brute"."""

    def build(
        self,
        points: FloatMatrix,
        threads: int,
        progress: ProgressCallback | None = None,  # noqa: ARG002
    ) -> SklearnIndex:
        """Keep the points; see `IndexedBackend.build`."""
        neighbors = require("sklearn.neighbors", extra=EXTRA, purpose=PURPOSE)
        index = neighbors.NearestNeighbors(algorithm="brute", metric="sqeuclidean")
        return SklearnIndex(index.fit(points), threads)
