"""Approximate search through USearch: a navigable graph in one header of C++."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from twinscore.base.extras import require
from twinscore.neighbors.backend import Capabilities
from twinscore.neighbors.backends.indexed import IndexedBackend, parts_of

if TYPE_CHECKING:
    from twinscore.base.arrays import FloatMatrix, IdArray
    from twinscore.base.progress import ProgressCallback


class UsearchIndex:
    """A graph of points that can grow."""

    def __init__(self, index: Any, threads: int) -> None:
        self._index = index
        self._threads = threads

    def add(self, points: FloatMatrix) -> None:
        """Add points, shape (n, d); their ids go on from those there."""
        start = len(self._index)
        self._index.add(
            np.arange(start, start + len(points)), points, threads=self._threads, copy=True
        )

    def candidates(self, queries: FloatMatrix, count: int) -> IdArray:
        """Name the nearest points; see `Index.candidates`."""
        matches = self._index.search(queries, count, threads=self._threads)
        ids = np.asarray(matches.keys).astype(np.int64).reshape(len(queries), -1)
        # Of a single query, the library returns no more than it found.
        found = ids.shape[1] if len(queries) == 1 else np.asarray(matches.counts)[:, None]
        return np.where(np.arange(ids.shape[1]) < found, ids, -1)


@dataclass(frozen=True, slots=True)
class UsearchBackend(IndexedBackend):
    """Settings of USearch; their meaning is that of `HnswBackend`."""

    links: int = 16
    build_width: int = 200
    search_width: int = 100

    capabilities: ClassVar[Capabilities] = Capabilities(incremental=True)

    def build(
        self, points: FloatMatrix, threads: int, progress: ProgressCallback | None = None
    ) -> UsearchIndex:
        """Link the points; see `IndexedBackend.build`."""
        usearch = require("usearch.index", extra="usearch", purpose="the backend 'usearch'")
        index = UsearchIndex(
            usearch.Index(
                ndim=points.shape[1],
                metric="l2sq",
                dtype="f32",
                connectivity=self.links,
                expansion_add=self.build_width,
                expansion_search=self.search_width,
            ),
            threads,
        )
        for part in parts_of(points, progress):
            index.add(part)
        return index
