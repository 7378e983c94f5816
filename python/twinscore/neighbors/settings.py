"""How a run searches: one record, handed to everything that looks for neighbors."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.base.counts import checked_count
from twinscore.neighbors.choice import AUTOMATIC
from twinscore.neighbors.registry import check_available
from twinscore.neighbors.search import (
    check_searching_workers,
    checked_memory,
    knn,
    self_knn,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    from twinscore.base.progress import ProgressCallback
    from twinscore.base.workers.protocol import Workers
    from twinscore.neighbors.records import Neighbors

WORTH_SENDING = 1 << 26
"""Pairs of rows: fewer are compared here before workers have got them."""


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """By what neighbors are found.

    Attributes
    ----------
    backend
        See `twinscore.knn`.
    threads
        None for all that the process may use.
    memory
        Bytes that each search may take, or "4GiB"; None for no limit. See `twinscore.knn`.
    workers
        Who makes the larger searches, see `twinscore.knn`; None: this process. It changes no bit
        of any answer, and is no part of what a saved result says of its settings.

    Raises
    ------
    ValueError, TypeError
        There is no such backend or setting of it, threads are no number above 0, or memory is
        limited or workers are given for a backend that cannot keep to it.
    MissingExtraError
        The backend's package, or Ray, is not installed.
    """

    backend: str = "exact"
    threads: int | None = None
    memory: int | str | None = None
    workers: str | Workers | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot search."""
        if self.threads is not None:
            checked_count(self.threads, "threads")
        if self.backend != AUTOMATIC:
            check_available(self.backend)
        object.__setattr__(self, "memory", checked_memory(self.memory, self.backend))
        check_searching_workers(self.workers, self.backend)

    def with_threads(self, threads: int | None) -> SearchSettings:
        """Return the same settings with other threads, where such are given."""
        return self if threads is None else replace(self, threads=threads)

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as JSON types."""
        return {"backend": self.backend, "threads": self.threads, "memory": self.memory}

    def knn(
        self,
        queries: npt.ArrayLike,
        reference: npt.ArrayLike,
        k: int,
        *,
        query_groups: npt.ArrayLike | None = None,
        reference_groups: npt.ArrayLike | None = None,
        progress: ProgressCallback | None = None,
    ) -> Neighbors:
        """Find the k nearest reference rows of every query; see `twinscore.knn`."""
        return knn(
            queries,
            reference,
            k,
            query_groups=query_groups,
            reference_groups=reference_groups,
            backend=self.backend,
            threads=self.threads,
            memory=self.memory,
            workers=self._workers_for(queries, reference),
            progress=progress,
        )

    def self_knn(
        self,
        points: npt.ArrayLike,
        k: int,
        groups: npt.ArrayLike | None = None,
        *,
        progress: ProgressCallback | None = None,
    ) -> Neighbors:
        """Find the k nearest other points of every point; see `twinscore.self_knn`."""
        return self_knn(
            points,
            k,
            groups,
            self.backend,
            self.threads,
            memory=self.memory,
            workers=self._workers_for(points, points),
            progress=progress,
        )

    def _workers_for(
        self, queries: npt.ArrayLike, reference: npt.ArrayLike
    ) -> str | Workers | None:
        pairs = math.prod(len(np.asanyarray(rows)) for rows in (queries, reference))
        return self.workers if pairs >= WORTH_SENDING else None


EXACT = SearchSettings()
"""Our own search, with all threads that the process may use."""
