"""The exact backend: a thin skin over the compiled core."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from twinscore import _core
from twinscore.records import Neighbors

if TYPE_CHECKING:
    from twinscore.records import IdArray, PointMatrix, ProgressCallback

KERNEL_VARIABLE = "TWINSCORE_KERNEL"
"""Environment variable that forces an instruction set: one of the names of `kernels()`."""

SCREEN_VARIABLE = "TWINSCORE_SCREEN"
"""Environment variable that forces how pairs are screened: "full" or "rotated"."""


def kernels() -> list[str]:
    """Return the instruction sets this machine can run, slowest first."""
    return _core.kernels()


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
    answer = _core.exact_knn(
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
    return Neighbors(*answer[:4])


def self_knn(
    points: PointMatrix,
    k: int,
    groups: IdArray | None,
    threads: int,
    progress: ProgressCallback | None,
) -> Neighbors:
    """Search the points for every point among them; see `twinscore.self_knn`."""
    answer = _core.exact_self_knn(
        points,
        k,
        groups,
        os.environ.get(KERNEL_VARIABLE, ""),
        os.environ.get(SCREEN_VARIABLE, ""),
        threads,
        progress,
    )
    return Neighbors(*answer[:4])
