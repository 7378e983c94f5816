"""The naive float64 answer that every kernel is held to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from twinscore.records import Neighbors

TIE_TOLERANCE = 1e-12
ROWS_AT_ONCE = 64


@dataclass(frozen=True)
class Ranking:
    """All candidates of every query, the nearest first; forbidden ones are infinitely far."""

    distances: npt.NDArray[np.float64]
    ids: npt.NDArray[np.int64]


def rank(
    queries: npt.NDArray[np.float32],
    reference: npt.NDArray[np.float32],
    forbidden: npt.NDArray[np.bool_] | None = None,
) -> Ranking:
    """Order the reference rows by (distance, id) for each query."""
    distances = squared_distances(queries, reference)
    if forbidden is not None:
        distances[forbidden] = np.inf
    ids = np.argsort(distances, axis=1, kind="stable")
    ordered = np.take_along_axis(distances, ids, axis=1)
    nearly_equal = ordered[:, 1:] <= ordered[:, :-1] * (1.0 + TIE_TOLERANCE)
    for row in np.flatnonzero((nearly_equal & np.isfinite(ordered[:, :-1])).any(axis=1)):
        merge_ties(ordered[row], ids[row])
    return Ranking(ordered, ids)


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
        limit = distances[start] * (1.0 + TIE_TOLERANCE)
        stop = int(np.searchsorted(distances, limit, side="right"))
        distances[start:stop] = distances[start]
        ids[start:stop] = np.sort(ids[start:stop])
        start = stop


def assert_same_neighbors(found: Neighbors, ranking: Ranking) -> None:
    """Compare ids and ties exactly, distances to the rounding of a float64 sum."""
    k = found.ids.shape[1]
    np.testing.assert_array_equal(found.ids, ranking.ids[:, :k])
    np.testing.assert_allclose(found.distances, ranking.distances[:, :k], rtol=1e-11, atol=0.0)
    tied = ranking.distances[:, k:] == ranking.distances[:, k - 1 : k]
    np.testing.assert_array_equal(np.diff(found.tie_offsets), tied.sum(axis=1))
    np.testing.assert_array_equal(found.tie_ids, ranking.ids[:, k:][tied])
