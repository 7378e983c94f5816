"""Points with two sides, and the true answer to hold every backend to."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.graph.neighbor_graph import graph_of
from twinscore.graph.score import directed_score
from twinscore.neighbors import self_knn
from twinscore.neighbors.candidates import squared_distances
from twinscore.neighbors.records import Neighbors

if TYPE_CHECKING:
    from pathlib import Path

    from twinscore.base.arrays import BoolArray, FloatMatrix, IdArray
    from twinscore.base.progress import ProgressCallback

CHECKED_QUERIES = 20
RECALL_TOLERANCE = 1e-9
"""Relative slack of a squared distance: rounding, not neighbors."""

MIXED = 0.5


@dataclass(frozen=True, slots=True)
class Workload:
    """A pool of points.

    Attributes
    ----------
    name
        For tables and records.
    points
        Shape (n, d), float32.
    is_real
        Shape (n,): which side each point is on.
    """

    name: str
    points: FloatMatrix
    is_real: BoolArray


def made_sides(points: FloatMatrix, seed: int = 0) -> BoolArray:
    """Cut points that have no sides into two whose score lies between 0 and 1.

    Sides drawn by lot score 1 whatever a search finds; sides cut in two score nearly 0. Here each
    point goes by the sign of its place along a random direction, or, for half of them, by lot.
    """
    random = np.random.default_rng(seed)
    place = points @ random.standard_normal((points.shape[1], 1), dtype=np.float32)[:, 0]
    by_lot = random.random(len(points)) < MIXED
    coin = random.random(len(points)) < 0.5
    return np.asarray(np.where(by_lot, coin, place > np.median(place)), dtype=np.bool_)


def true_neighbors(
    points: FloatMatrix,
    k: int,
    cache: Path,
    *,
    threads: int | None = None,
    progress: ProgressCallback | None = None,
) -> Neighbors:
    """Return the exact neighbors of all points, from the cache where they were found before.

    A few of them are compared with every other point, in float64 and by nothing but numpy: the
    exact backend is among those that are judged.

    Parameters
    ----------
    points
        Shape (n, d).
    k
        Neighbors per point.
    cache
        Folder; files in it are named after the content of the points.
    threads, progress
        See `twinscore.self_knn`.
    """
    digest = hashlib.sha256(f"{points.shape} {points.dtype} {k}".encode())
    digest.update(np.ascontiguousarray(points).reshape(-1).view(np.uint8).data)
    file = cache / f"neighbors-{digest.hexdigest()[:32]}.npz"
    if file.exists():
        with np.load(file) as kept:
            counts = kept.get("tie_counts", ())
            return Neighbors(
                kept["distances"],
                kept["ids"],
                kept["tie_offsets"],
                kept["tie_ids"],
                counts if len(counts) else None,
            )
    found = self_knn(points, k, threads=threads, progress=progress)
    _check(points, found)
    cache.mkdir(parents=True, exist_ok=True)
    partial = cache / f".{file.name}.{os.getpid()}.npz"
    try:
        np.savez(
            partial,
            distances=found.distances,
            ids=found.ids,
            tie_offsets=found.tie_offsets,
            tie_ids=found.tie_ids,
            tie_counts=() if found.tie_counts is None else found.tie_counts,
        )
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)
    return found


def _check(points: FloatMatrix, found: Neighbors) -> None:
    others = np.arange(len(points))
    k = found.ids.shape[1]
    for row in np.random.default_rng(0).choice(len(points), CHECKED_QUERIES):
        distances = squared_distances(points, np.full(len(points), row), points, others)
        distances[row] = np.inf
        nearest = np.sort(np.partition(distances, k - 1)[:k])
        if not np.allclose(found.distances[row], nearest, rtol=1e-9, atol=0.0):
            raise AssertionError(f"the exact search is wrong about point {row}")


def recall(points: FloatMatrix, ids: IdArray, true: Neighbors) -> float:
    """Return the share of neighbors found that are no farther than the true k-th one.

    Parameters
    ----------
    points
        Shape (n, d).
    ids
        Shape (n, k): what a backend found; measured here, whatever it said of distances.
    true
        The exact neighbors.

    Raises
    ------
    ValueError
        Where a point has itself or one neighbor twice.
    """
    rows, k = ids.shape
    ordered = np.sort(ids, axis=1)
    if (ids == np.arange(rows)[:, None]).any() or (ordered[:, 1:] == ordered[:, :-1]).any():
        raise ValueError("a point was found as its own neighbor, or one neighbor twice")
    distances = squared_distances(points, np.repeat(np.arange(rows), k), points, ids.ravel())
    limit = np.repeat(true.distances[:, k - 1] * (1.0 + RECALL_TOLERANCE), k)
    return float(np.mean(distances <= limit))


def score_of(neighbors: Neighbors, is_real: BoolArray) -> float:
    """Return the Indistinguishability Score of the two sides."""
    return directed_score(graph_of(neighbors), ~is_real)


def without_ties(ids: IdArray) -> Neighbors:
    """Make neighbors of ids alone: those found count whole."""
    distances = np.broadcast_to(np.arange(ids.shape[1], dtype=np.float64), ids.shape)
    offsets = np.zeros(len(ids) + 1, dtype=np.int64)
    return Neighbors(distances, ids, offsets, np.zeros(0, dtype=np.int64))
