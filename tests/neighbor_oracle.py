"""The naive float64 answer that every kernel is held to."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from twinscore.neighbors.records import Neighbors

TIE_TOLERANCE = 1e-12
ROWS_AT_ONCE = 64


@dataclass(frozen=True)
class Ranking:
    """All candidates of every query, the nearest first; forbidden ones are infinitely far."""

    distances: npt.NDArray[np.float64]
    ids: npt.NDArray[np.int64]
    unmerged: npt.NDArray[np.float64]
    """As computed, candidate by candidate: shape (queries, reference)."""
    doubt: float
    """Relative: how far the order in which squares are added may move a distance."""


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
    doubt = (queries.shape[1] + 2) * float(np.finfo(np.float64).eps)
    return Ranking(ordered, ids, distances, doubt)


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
    """Compare ids and ties exactly, distances to the rounding of a float64 sum.

    Where rounding decides whether a distance still lies within the tolerance, both answers are
    right.
    """
    k = found.ids.shape[1]
    tied = ranking.distances[:, k:] == ranking.distances[:, k - 1 : k]
    expected_ties = [ids[row] for ids, row in zip(ranking.ids[:, k:], tied, strict=True)]
    np.testing.assert_allclose(found.distances, ranking.distances[:, :k], rtol=1e-11, atol=0.0)
    for row, ids in enumerate(found.ids):
        ties = found.tie_ids[found.tie_offsets[row] : found.tie_offsets[row + 1]]
        expected = np.concatenate([ranking.ids[row, :k], expected_ties[row]])
        given = np.concatenate([ids, ties])
        if np.array_equal(given, expected):
            continue
        distances = np.concatenate(
            [found.distances[row], np.full(len(ties), found.distances[row, -1])]
        )
        if not may_be_runs(given, distances, ranking.unmerged[row], ranking.doubt):
            np.testing.assert_array_equal(given, expected, f"neighbors and ties of row {row}")


def assert_same_answer(found: Neighbors, expected: Neighbors) -> None:
    """Demand the same bits, ties and samples of ties included."""
    for name in (field.name for field in fields(found)):
        given, wanted = getattr(found, name), getattr(expected, name)
        assert (given is None) == (wanted is None), name
        if wanted is not None:
            np.testing.assert_array_equal(given, wanted, name)


def may_be_runs(
    ids: npt.NDArray[np.int64],
    distances: npt.NDArray[np.float64],
    candidates: npt.NDArray[np.float64],
    doubt: float,
) -> bool:
    """Tell whether runs of equal distance hold all that must tie and nothing that cannot."""
    left = candidates.copy()
    for distance in np.unique(distances):
        run = ids[distances == distance]
        nearest = left.min()
        must = np.flatnonzero(left <= nearest * (1.0 + TIE_TOLERANCE - 4 * doubt))
        can = np.flatnonzero(left <= nearest * (1.0 + TIE_TOLERANCE + 4 * doubt))
        if not (set(must) <= set(run) <= set(can) and (np.diff(run) > 0).all()):
            return False
        left[run] = np.inf
    return True
