"""The exact backend: a thin skin over the compiled core."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from twinscore import _core
from twinscore.records import Neighbors

if TYPE_CHECKING:
    from twinscore.records import FloatMatrix, IdArray, ProgressCallback

KERNEL_VARIABLE = "TWINSCORE_KERNEL"
"""Environment variable that forces an instruction set: one of the names of `kernels()`."""


def kernels() -> list[str]:
    """Return the instruction sets this machine can run, slowest first."""
    return _core.kernels()


def knn(
    queries: FloatMatrix,
    reference: FloatMatrix,
    k: int,
    query_groups: IdArray | None,
    reference_groups: IdArray | None,
    threads: int,
    progress: ProgressCallback | None,
) -> Neighbors:
    """Search the reference for every query; see `twinscore.knn`."""
    return Neighbors(
        *_core.exact_knn(
            queries,
            reference,
            k,
            query_groups,
            reference_groups,
            os.environ.get(KERNEL_VARIABLE, ""),
            threads,
            progress,
        )
    )


def self_knn(
    points: FloatMatrix,
    k: int,
    groups: IdArray | None,
    threads: int,
    progress: ProgressCallback | None,
) -> Neighbors:
    """Search the points for every point among them; see `twinscore.self_knn`."""
    return Neighbors(
        *_core.exact_self_knn(
            points, k, groups, os.environ.get(KERNEL_VARIABLE, ""), threads, progress
        )
    )
