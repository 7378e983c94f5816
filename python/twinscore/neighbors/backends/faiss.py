"""The indexes of FAISS: flat (float32 rounding), inverted lists, and a navigable graph."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.base.extras import require
from twinscore.neighbors.backends.indexed import IndexedBackend, parts_of

if TYPE_CHECKING:
    from types import ModuleType

    from twinscore.base.arrays import FloatMatrix, IdArray
    from twinscore.base.progress import ProgressCallback

PURPOSE = "the backend 'faiss'"


class FaissIndex:
    """An index of FAISS, and the number of threads it works with."""

    def __init__(self, faiss: Any, index: Any, threads: int) -> None:
        self._faiss = faiss
        self._index = index
        self._threads = threads

    def candidates(self, queries: FloatMatrix, count: int) -> IdArray:
        """Name the nearest points; see `Index.candidates`."""
        before = self._faiss.omp_get_max_threads()
        self._faiss.omp_set_num_threads(self._threads)
        try:
            return np.asarray(self._index.search(queries, count)[1], dtype=np.int64)
        finally:
            self._faiss.omp_set_num_threads(before)


class FaissBackend(IndexedBackend):
    """What the indexes of FAISS share."""

    def build(
        self, points: FloatMatrix, threads: int, progress: ProgressCallback | None = None
    ) -> FaissIndex:
        """Train where needed and add the points; see `IndexedBackend.build`."""
        faiss = require("faiss", extra="faiss", purpose=PURPOSE)
        before = faiss.omp_get_max_threads()
        faiss.omp_set_num_threads(threads)
        try:
            index = self.empty_index(faiss, *points.shape)
            index.train(points)
            for part in parts_of(points, progress):
                index.add(part)
        finally:
            faiss.omp_set_num_threads(before)
        return FaissIndex(faiss, index, threads)

    @abstractmethod
    def empty_index(self, faiss: ModuleType, rows: int, width: int) -> Any:
        """Make an index for so many points of that width."""


@dataclass(frozen=True, slots=True)
class FaissFlatBackend(FaissBackend):
    """Every pair, in float32."""

    def empty_index(self, faiss: ModuleType, rows: int, width: int) -> Any:  # noqa: ARG002
        """Make a flat index."""
        return faiss.IndexFlatL2(width)


@dataclass(frozen=True, slots=True)
class FaissIvfBackend(FaissBackend):
    """Points in lists by their nearest center; a query reads the lists of a few centers.

    Attributes
    ----------
    lists
        Number of centers; 0 for four times the square root of the number of points.
    probes
        Lists read per query.
    """

    lists: int = 0
    probes: int = 16

    def empty_index(self, faiss: ModuleType, rows: int, width: int) -> Any:
        """Make an index of inverted lists."""
        # FAISS warns below 39 points a list; it cannot train with fewer than one.
        lists = min(self.lists or round(4 * rows**0.5), max(1, rows // 39))
        index = faiss.IndexIVFFlat(faiss.IndexFlatL2(width), width, lists)
        index.nprobe = min(self.probes, lists)
        return index


@dataclass(frozen=True, slots=True)
class FaissHnswBackend(FaissBackend):
    """The navigable graph of FAISS; the settings are those of `HnswBackend`."""

    links: int = 16
    build_width: int = 200
    search_width: int = 100

    def empty_index(self, faiss: ModuleType, rows: int, width: int) -> Any:  # noqa: ARG002
        """Make a navigable graph."""
        index = faiss.IndexHNSWFlat(width, self.links)
        index.hnsw.efConstruction = self.build_width
        index.hnsw.efSearch = self.search_width
        return index
