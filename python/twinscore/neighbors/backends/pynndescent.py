"""Approximate search through PyNNDescent: neighbors of neighbors (Dong, Moses and Li 2011)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.base.extras import require
from twinscore.neighbors.backends.indexed import IndexedBackend

if TYPE_CHECKING:
    from twinscore.base.arrays import FloatMatrix, IdArray
    from twinscore.base.progress import ProgressCallback

SEED = 0


class PynndescentIndex:
    """A neighbor graph, prepared for searching."""

    def __init__(self, index: Any, epsilon: float) -> None:
        self._index = index
        self._epsilon = epsilon

    def candidates(self, queries: FloatMatrix, count: int) -> IdArray:
        """Name the nearest points; see `Index.candidates`."""
        ids, _ = self._index.query(queries, k=count, epsilon=self._epsilon)
        return np.asarray(ids, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class PynndescentBackend(IndexedBackend):
    """Settings of PyNNDescent.

    Attributes
    ----------
    graph_neighbors
        Neighbors per point in its graph.
    epsilon
        How far beyond the neighbors found the search goes on.
    """

    graph_neighbors: int = 30
    epsilon: float = 0.1

    def build(
        self,
        points: FloatMatrix,
        threads: int,
        progress: ProgressCallback | None = None,  # noqa: ARG002
    ) -> PynndescentIndex:
        """Refine a random neighbor graph; see `IndexedBackend.build`."""
        pynndescent = require(
            "pynndescent", extra="pynndescent", purpose="the backend 'pynndescent'"
        )
        index = pynndescent.NNDescent(
            points,
            n_neighbors=min(self.graph_neighbors, len(points) - 1),
            random_state=SEED,
            n_jobs=threads,
        )
        index.prepare()
        return PynndescentIndex(index, self.epsilon)
