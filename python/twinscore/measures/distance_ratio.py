"""How much nearer synthetic images lie to each other than to real ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.measures.nearest_real import find_nearest_real
from twinscore.neighbors.part_of_pool import self_knn_of_part
from twinscore.neighbors.settings import EXACT, SearchSettings

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray, Float64Array, PointMatrix
    from twinscore.neighbors.records import Neighbors

LISTED = 10
RELABELLINGS = 199
"""With 199, chance alone goes below p = 0.05 in exactly one case of twenty."""


@dataclass(frozen=True, slots=True)
class DistanceRatio:
    """Distance to the nearest real over distance to the nearest other synthetic image.

    It keeps moving where the score has reached 0.

    Attributes
    ----------
    median
        Over the synthetic images; near 1 when the sides are mixed.
    null_interval
        Where 95 % of the medians of relabelled images fall.
    p_value
        How often relabelling gives a median this large.
    """

    median: float
    null_interval: tuple[float, float]
    p_value: float


def distance_ratio(
    vectors: PointMatrix, *, seed: int, search: SearchSettings = EXACT
) -> DistanceRatio:
    """Compare distances within and between two sides of equal size.

    Relabelling needs the nearest point of either label, which is almost always among the
    few nearest. Where one label is missing there, its distance counts as infinite, in the
    data as in the relabellings, which no median notices.

    Parameters
    ----------
    vectors
        Shape (2 m, d), float32 or float16: m real points, then m synthetic ones, one a group.
    seed
        Of the relabellings.
    search
        Backend and threads.
    """
    points = len(vectors)
    real, synthetic = vectors[: points // 2], vectors[points // 2 :]
    neighbors = search.self_knn(vectors, min(LISTED, points - 1))
    to_real = find_nearest_real(neighbors, real, synthetic, search=search).distances
    rows = np.arange(points // 2, points)
    to_synthetic = self_knn_of_part(vectors, rows, 1, lists=neighbors, search=search)
    median = float(np.median(_ratios(to_real, to_synthetic.distances[:, 0])))

    is_real = np.arange(points) < points // 2
    random = np.random.default_rng(seed)
    observed = _listed_median(neighbors, is_real)
    null = np.array(
        [_listed_median(neighbors, random.permutation(is_real)) for _ in range(RELABELLINGS)]
    )
    as_large = int(np.count_nonzero(null >= observed))
    low, high = np.quantile(null, [0.025, 0.975], method="nearest")
    return DistanceRatio(median, (float(low), float(high)), (1 + as_large) / (1 + RELABELLINGS))


def _ratios(to_real: Float64Array, to_synthetic: Float64Array) -> Float64Array:
    """Divide squared distances; 0 to both sides is as mixed as can be."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.sqrt(to_real / to_synthetic)
    return np.where(to_real == to_synthetic, 1.0, ratios)


def _listed_median(neighbors: Neighbors, is_real: BoolArray) -> float:
    queries = ~is_real
    listed_real = is_real[neighbors.ids[queries]]
    distances = neighbors.distances[queries]
    return float(
        np.median(_ratios(_first(distances, listed_real), _first(distances, ~listed_real)))
    )


def _first(distances: Float64Array, wanted: BoolArray) -> Float64Array:
    place = wanted.argmax(axis=1)
    first = np.take_along_axis(distances, place[:, None], axis=1)[:, 0]
    return np.where(wanted.any(axis=1), first, np.inf)
