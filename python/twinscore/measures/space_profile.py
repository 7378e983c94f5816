"""From which detail on the sides are told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twinscore.graph.neighbor_graph import graph_of
from twinscore.graph.score import directed_score
from twinscore.measures.fold_sums import ROWS_AT_ONCE
from twinscore.neighbors.settings import EXACT, SearchSettings

if TYPE_CHECKING:
    from twinscore.base.arrays import FloatMatrix, PointMatrix
    from twinscore.base.progress import ProgressCallback
    from twinscore.graph.pool import Pool

MOST_POINTS = 20_000


def space_profile(
    pool: Pool,
    k: int,
    *,
    seed: int,
    search: SearchSettings = EXACT,
    progress: ProgressCallback | None = None,
) -> list[tuple[int, float]]:
    """Score the pool along its 2, 4, 8, ... longest principal axes, up to its full width.

    The axes are those of the whole pool: they are found without looking at labels.

    Parameters
    ----------
    pool
        One member a group is looked at, 20,000 units at most, both sides cut alike.
    k
        Neighbors per unit.
    seed
        Of what is drawn.
    search
        Backend and threads.
    progress
        Called with (widths done, widths).

    Returns
    -------
    Pairs of (axes, score), widths rising.
    """
    random = np.random.default_rng(seed)
    rows = pool.draw(random)
    if len(rows) > MOST_POINTS:
        rows = rows[np.sort(random.permutation(len(rows))[:MOST_POINTS])]
    is_real = pool.is_real[rows]
    places = principal_coordinates(pool.vectors[rows])
    width = pool.vectors.shape[1]
    widths = [2**power for power in range(1, width.bit_length()) if 2**power < width] + [width]
    scores: dict[int, float] = {}
    for number, axes in enumerate(widths):
        # There are no more axes than points: beyond, nothing changes.
        used = min(axes, places.shape[1])
        if used not in scores:
            neighbors = search.self_knn(np.ascontiguousarray(places[:, :used]), k)
            scores[used] = directed_score(graph_of(neighbors), ~is_real)
        if progress is not None:
            progress(number + 1, len(widths))
    return [(axes, scores[min(axes, places.shape[1])]) for axes in widths]


def principal_coordinates(vectors: PointMatrix) -> FloatMatrix:
    """Rotate points to their principal axes, longest first; distances stay.

    Returns
    -------
    Shape (n, min(n, d)), float32.
    """
    center = vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
    centered = np.subtract(vectors, center, dtype=np.float32)
    # Squares of large values are beyond float32; a power of two rounds nothing.
    exponent = int(np.frexp(np.abs(centered).max(initial=0.0))[1])
    centered = np.ldexp(centered, -exponent)
    points, width = centered.shape
    if points < width:
        squares, places = np.linalg.eigh((centered @ centered.T).astype(np.float64))
        turned = places[:, ::-1] * np.sqrt(np.maximum(squares[::-1], 0.0))
    else:
        turned = centered @ _axes_of(centered)
    return np.ldexp(np.ascontiguousarray(turned, dtype=np.float32), exponent)


def _axes_of(centered: FloatMatrix) -> FloatMatrix:
    """Return all axes as columns, shape (d, d), longest first."""
    width = centered.shape[1]
    moments = np.zeros((width, width))
    # Products of a block are float32, their sums over blocks float64.
    for start in range(0, len(centered), ROWS_AT_ONCE):
        block = centered[start : start + ROWS_AT_ONCE]
        moments += block.T @ block
    return np.linalg.eigh(moments)[1][:, ::-1].astype(np.float32)
