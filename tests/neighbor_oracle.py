"""The naive float64 answer that every kernel is held to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from twinscore.records import Neighbors

TIE_TOLERANCE = 1e-12
ROWS_AT_ONCE = 64


def nearest(
    queries: npt.NDArray[np.float32],
    reference: npt.NDArray[np.float32],
    k: int,
    forbidden: npt.NDArray[np.bool_],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64], list[set[int]]]:
    """Return distances, ids and, per query, the ids that tie with the k-th beyond those."""
    distances = squared_distances(queries, reference)
    distances[forbidden] = np.inf
    ids = np.argsort(distances, axis=1, kind="stable")
    ordered = np.take_along_axis(distances, ids, axis=1)
    for row in range(len(queries)):
        merge_ties(ordered[row], ids[row])
    ties = [
        {int(i) for i in ids[row, k:][ordered[row, k:] == ordered[row, k - 1]]}
        for row in range(len(queries))
    ]
    return ordered[:, :k], ids[:, :k], ties


def squared_distances(
    queries: npt.NDArray[np.float32], reference: npt.NDArray[np.float32]
) -> npt.NDArray[np.float64]:
    """Subtract first, then square: no cancellation."""
    wide = reference.astype(np.float64)
    return np.concatenate(
        [
            np.square(queries[i : i + ROWS_AT_ONCE, None].astype(np.float64) - wide).sum(axis=-1)
            for i in range(0, len(queries), ROWS_AT_ONCE)
        ]
    )


def merge_ties(distances: npt.NDArray[np.float64], ids: npt.NDArray[np.int64]) -> None:
    """Make runs of distances that agree to the tolerance equal, in order of id; in place."""
    start = 0
    while start < len(distances) and np.isfinite(distances[start]):
        stop = int(
            np.searchsorted(distances, distances[start] * (1.0 + TIE_TOLERANCE), side="right")
        )
        distances[start:stop] = distances[start]
        ids[start:stop] = np.sort(ids[start:stop])
        start = stop


def assert_same_neighbors(
    found: Neighbors,
    expected: tuple[npt.NDArray[np.float64], npt.NDArray[np.int64], list[set[int]]],
) -> None:
    """Compare ids and ties exactly, distances to the rounding of a float64 sum."""
    distances, ids, ties = expected
    np.testing.assert_array_equal(found.ids, ids)
    np.testing.assert_allclose(found.distances, distances, rtol=1e-11, atol=0.0)
    found_ties = [
        {int(i) for i in found.tie_ids[a:b]}
        for a, b in zip(found.tie_offsets[:-1], found.tie_offsets[1:], strict=True)
    ]
    assert found_ties == ties
