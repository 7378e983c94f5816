"""Approximate search through hnswlib: a navigable graph in layers (Malkov and Yashunin 2016)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from twinscore.extras import require
from twinscore.neighbors.backend import Capabilities, thread_count
from twinscore.neighbors.indexed import IndexedBackend, parts_of

if TYPE_CHECKING:
    import os

    from twinscore.records import FloatMatrix, IdArray, ProgressCallback

SEED = 100
PURPOSE = "the backend 'hnsw'"


class HnswIndex:
    """A graph of points that can grow, and be kept in a file."""

    def __init__(self, width: int, backend: HnswBackend, threads: int) -> None:
        hnswlib = require("hnswlib", extra="hnsw", purpose=PURPOSE)
        self._index: Any = hnswlib.Index(space="l2", dim=width)
        self._search_width = backend.search_width
        self._threads = threads

    def __len__(self) -> int:
        """Return the number of points."""
        return int(self._index.get_current_count())

    def start(self, capacity: int, backend: HnswBackend) -> None:
        """Make room for so many points."""
        self._index.init_index(
            max_elements=capacity,
            M=backend.links,
            ef_construction=backend.build_width,
            random_seed=SEED,
        )

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
        ids, _ = self._index.knn_query(queries, k=count, num_threads=self._threads)
        return np.asarray(ids).astype(np.int64)

    def save(self, file: str | os.PathLike[str]) -> None:
        """Write the index to a file."""
        self._index.save_index(str(file))

    def load(self, file: str | os.PathLike[str]) -> None:
        """Read an index that `save` wrote."""
        self._index.load_index(str(file))


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
        index = HnswIndex(points.shape[1], self, threads)
        index.start(len(points), self)
        for part in parts_of(points, progress):
            index.add(part)
        return index

    def load(self, file: str | os.PathLike[str], width: int, threads: int = 0) -> HnswIndex:
        """Read an index of points of that width that `HnswIndex.save` wrote."""
        index = HnswIndex(width, self, thread_count(threads))
        index.load(file)
        return index
