"""Approximate search through hnswlib: a navigable graph in layers (Malkov and Yashunin 2016)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from twinscore.base.extras import require
from twinscore.base.threads import thread_count
from twinscore.neighbors.backend import Capabilities
from twinscore.neighbors.backends.indexed import IndexedBackend, parts_of

if TYPE_CHECKING:
    import os

    from twinscore.base.arrays import FloatMatrix, IdArray
    from twinscore.base.progress import ProgressCallback

SEED = 100


class HnswIndex:
    """A graph of points that can grow, and be kept in a file."""

    def __init__(self, index: Any, search_width: int, threads: int) -> None:
        self._index = index
        self._search_width = search_width
        self._threads = threads

    def __len__(self) -> int:
        """Return the number of points."""
        return int(self._index.get_current_count())

    def add(self, points: FloatMatrix) -> None:
        """Add points, shape (n, d); their ids go on from those there."""
        needed = len(self) + len(points)
        if needed > self._index.get_max_elements():
            self._index.resize_index(max(needed, 2 * self._index.get_max_elements()))
        ids = np.arange(len(self), needed)
        self._index.add_items(points, ids, num_threads=self._threads)

    def candidates(self, queries: FloatMatrix, count: int) -> IdArray:
        """Name the nearest points; see `Index.candidates`."""
        self._index.set_ef(max(self._search_width, count))
        try:
            ids, _ = self._index.knn_query(queries, k=count, num_threads=self._threads)
        except RuntimeError:  # its way to say that a query met fewer points than that
            return np.full((len(queries), count), -1)
        return np.asarray(ids).astype(np.int64)

    def save(self, file: str | os.PathLike[str]) -> None:
        """Write the index to a file."""
        self._index.save_index(str(file))


@dataclass(frozen=True, slots=True)
class HnswBackend(IndexedBackend):
    """Settings of hnswlib.

    Attributes
    ----------
    links
        Links per point and layer (its M).
    build_width, search_width
        Candidates kept while building and searching (its ef_construction and ef).
    """

    links: int = 16
    build_width: int = 200
    search_width: int = 100

    capabilities: ClassVar[Capabilities] = Capabilities(incremental=True)

    def build(
        self, points: FloatMatrix, threads: int, progress: ProgressCallback | None = None
    ) -> HnswIndex:
        """Link the points; see `IndexedBackend.build`."""
        graph = self._graph(points.shape[1])
        graph.init_index(
            max_elements=len(points),
            M=self.links,
            ef_construction=self.build_width,
            random_seed=SEED,
        )
        index = HnswIndex(graph, self.search_width, threads)
        for part in parts_of(points, progress):
            index.add(part)
        return index

    def load(self, file: str | os.PathLike[str], width: int, threads: int = 0) -> HnswIndex:
        """Read an index that `HnswIndex.save` wrote, of points of that width."""
        graph = self._graph(width)
        graph.load_index(str(file))
        return HnswIndex(graph, self.search_width, thread_count(threads))

    @staticmethod
    def _graph(width: int) -> Any:
        hnswlib = require("hnswlib", extra="hnsw", purpose="the backend 'hnsw'")
        return hnswlib.Index(space="l2", dim=width)
