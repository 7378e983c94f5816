"""The exact backend: a thin skin over the compiled core."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from twinscore._core import exact_knn, exact_self_knn
from twinscore._core import kernels as core_kernels
from twinscore.neighbors.backend import Capabilities
from twinscore.neighbors.records import Neighbors

if TYPE_CHECKING:
    from twinscore.base.arrays import IdArray, PointMatrix
    from twinscore.base.progress import ProgressCallback
    from twinscore.neighbors.problem import SearchProblem

KERNEL_VARIABLE = "TWINSCORE_KERNEL"
"""Environment variable that forces an instruction set: one of the names of `kernels()`."""

SCREEN_VARIABLE = "TWINSCORE_SCREEN"
"""Environment variable that forces how pairs are screened: "full", "rotated" or "table"."""


def kernels() -> list[str]:
    """Return the instruction sets this machine can run, slowest first."""
    return core_kernels()


def knn(
    queries: PointMatrix,
    reference: PointMatrix,
    k: int,
    query_groups: IdArray | None,
    reference_groups: IdArray | None,
    threads: int,
    progress: ProgressCallback | None,
) -> Neighbors:
    """Search the reference for every query; see `twinscore.knn`."""
    answer = exact_knn(
        queries,
        reference,
        k,
        query_groups,
        reference_groups,
        os.environ.get(KERNEL_VARIABLE, ""),
        os.environ.get(SCREEN_VARIABLE, ""),
        threads,
        progress,
    )
    return Neighbors(*answer[:5])


def self_knn(
    points: PointMatrix,
    k: int,
    groups: IdArray | None,
    threads: int,
    progress: ProgressCallback | None,
) -> Neighbors:
    """Search the points for every point among them; see `twinscore.self_knn`."""
    answer = exact_self_knn(
        points,
        k,
        groups,
        os.environ.get(KERNEL_VARIABLE, ""),
        os.environ.get(SCREEN_VARIABLE, ""),
        threads,
        progress,
    )
    return Neighbors(*answer[:5])


@dataclass(frozen=True, slots=True)
class ExactBackend:
    """Our own exact search, in C++."""

    capabilities: ClassVar[Capabilities] = Capabilities(exact=True, groups=True, ties=True)

    def search(
        self, problem: SearchProblem, threads: int, progress: ProgressCallback | None
    ) -> Neighbors:
        """Search as it suits the problem; see `Backend.search`."""
        if problem.self_join:
            return self_knn(
                problem.reference, problem.k, problem.reference_groups, threads, progress
            )
        return knn(
            problem.queries,
            problem.reference,
            problem.k,
            problem.query_groups,
            problem.reference_groups,
            threads,
            progress,
        )
