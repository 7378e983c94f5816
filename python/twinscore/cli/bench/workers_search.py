"""The exact search on workers, measured as if it were a backend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from twinscore.neighbors.backend import Capabilities
from twinscore.neighbors.search import self_knn

if TYPE_CHECKING:
    from twinscore.base.progress import ProgressCallback
    from twinscore.neighbors.problem import SearchProblem
    from twinscore.neighbors.records import Neighbors


@dataclass(frozen=True, slots=True)
class SearchOnWorkers:
    """Searches points among themselves on workers.

    Attributes
    ----------
    workers
        As `twinscore.self_knn` takes them.
    """

    workers: str
    capabilities: ClassVar[Capabilities] = Capabilities(exact=True, groups=True, ties=True)

    def search(
        self, problem: SearchProblem, threads: int, progress: ProgressCallback | None
    ) -> Neighbors:
        """Find the k nearest other points of every point; each worker has so many threads."""
        return self_knn(
            problem.reference, problem.k, threads=threads, workers=self.workers, progress=progress
        )
