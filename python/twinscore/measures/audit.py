"""How much an approximate search bends the score: a random sample of it is searched exactly."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.base.constants import TIE_TOLERANCE
from twinscore.graph.neighbor_graph import graph_of
from twinscore.graph.score import expected_shares, other_side_shares
from twinscore.measures.finite_population import difference_interval, mean_interval
from twinscore.neighbors import knn
from twinscore.neighbors.records import Neighbors

if TYPE_CHECKING:
    from typing import Any

    from twinscore.base.arrays import BoolArray, IdArray
    from twinscore.base.progress import ProgressCallback
    from twinscore.graph.pool import Pool

QUERIES = 2_000


@dataclass(frozen=True, slots=True)
class Audit:
    """An approximate search of a pool beside an exact one of some of its synthetic images.

    Attributes
    ----------
    queries
        Synthetic images searched exactly, drawn at random.
    recall, recall_interval
        Share of neighbors found that are no farther than the true k-th neighbor.
    score_error, score_error_interval
        What the score of all images, as found, has too much; 95 % interval.
    """

    queries: int
    recall: float
    recall_interval: tuple[float, float]
    score_error: float
    score_error_interval: tuple[float, float]

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON types."""
        fields = asdict(self)
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in fields.items()
        }


def audit_search(
    found: Neighbors,
    pool: Pool,
    k: int,
    *,
    seed: int = 0,
    threads: int | None = None,
    progress: ProgressCallback | None = None,
) -> Audit:
    """Search a random sample of the synthetic images exactly and compare.

    Parameters
    ----------
    found
        Of the whole pool, by an approximate backend; at least k neighbors of each point.
    pool
        With the groups it was searched with.
    k
        Neighbors that the score counts.
    seed
        Of the sample.
    threads, progress
        See `twinscore.knn`.
    """
    random = np.random.default_rng(seed)
    synthetic = np.flatnonzero(~pool.is_real)
    rows = np.sort(random.permutation(synthetic)[:QUERIES])
    true = knn(
        pool.vectors[rows],
        pool.vectors,
        k,
        query_groups=pool.units[rows],
        reference_groups=pool.units,
        threads=threads,
        progress=progress,
    )
    approximate = _part(found, rows, k)
    near = approximate.distances <= true.distances[:, -1:] * (1.0 + TIE_TOLERANCE)
    recalls = near.mean(axis=1)
    change = _real_shares(approximate, pool.is_real) - _real_shares(true, pool.is_real)
    expected = float(expected_shares(pool.is_real, pool.groups)[synthetic].mean())
    low, high = difference_interval(change, len(synthetic))
    return Audit(
        len(rows),
        float(recalls.mean()),
        mean_interval(recalls, len(synthetic)),
        float(change.mean()) / expected,
        (low / expected, high / expected),
    )


def _part(neighbors: Neighbors, rows: IdArray, k: int) -> Neighbors:
    """Return the first k neighbors of some of the points; approximate searches list no ties."""
    offsets = np.zeros(len(rows) + 1, dtype=np.int64)
    return Neighbors(
        neighbors.distances[rows, :k], neighbors.ids[rows, :k], offsets, np.zeros(0, np.int64)
    )


def _real_shares(neighbors: Neighbors, is_real: BoolArray) -> np.ndarray[Any, Any]:
    return other_side_shares(graph_of(neighbors), is_real)
