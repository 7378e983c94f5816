"""Every figure of one synthetic set against one real set, ours and those of peers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from richness_pools import embeddings, richness_of
from twinscore.graph.edge_count import pair_moments
from twinscore.graph.neighbor_graph import graph_of
from twinscore.graph.pool import Pool
from twinscore.graph.score import directed_score
from twinscore.measures.distance_ratio import distance_ratio
from twinscore.measures.judge import judge_pool
from twinscore.measures.space_profile import principal_coordinates
from twinscore.measures.transfer import transfer_of
from twinscore.neighbors import self_knn

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray, Float64Array, FloatMatrix, PointMatrix
    from validation_sources import Labels

NEIGHBORS = (1, 5, 10, 50)
AXES = (8, 32, 128)
PEERS_K = 5
"""Neighbors of precision, recall, density and coverage, as their authors set them."""

DISTANCES = (
    "edge count",
    "distance ratio",
    "FID",
    "Frechet, 32 axes",
    "KID",
    "MMD",
    "energy distance",
)
"""Figures that grow with the difference of the sides; all others fall."""

LABELLED = ("transfer", "score within classes")
"""Figures that know the classes of both sides."""

Figures = dict[str, float]


class Stopwatch:
    """Seconds of each family of figures."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._since = time.perf_counter()

    def lap(self, family: str) -> None:
        """Note what was spent since the last lap."""
        now = time.perf_counter()
        self.seconds[family] = round(now - self._since, 4)
        self._since = now


def all_figures(
    real: FloatMatrix, synthetic: FloatMatrix, labels: tuple[Labels, Labels], seed: int
) -> tuple[Figures, dict[str, float]]:
    """Measure both sides, and tell what each family costs in seconds.

    Parameters
    ----------
    real, synthetic
        Shapes (n, d) and (m, d).
    labels
        Class of each real and of each synthetic image.
    seed
        Of what is drawn.
    """
    points = np.concatenate([real, synthetic])
    is_real = np.arange(len(points)) < len(real)
    pool = Pool(points, is_real, None)
    watch = Stopwatch()
    found = scores(points, is_real)
    watch.lap("score")
    places = principal_coordinates(points)
    for axes in AXES:
        found |= scores(places[:, :axes], is_real, f", {axes} axes", (1, 10))
    watch.lap("axes")
    found["judge wrong"] = 1.0 - judge_pool(pool, seed=seed).judge.accuracy
    watch.lap("judge")
    smaller = min(len(real), len(synthetic))
    sides = np.concatenate([real[:smaller], synthetic[:smaller]])
    found["distance ratio"] = distance_ratio(sides, seed=seed).median
    watch.lap("distance ratio")
    richness = richness_of(embeddings(real), embeddings(synthetic)).richness
    found |= {"coverage": richness.coverage, "on-domain": richness.on_domain}
    found["covered now"] = richness.covered_now
    watch.lap("richness")
    names = [str(label) for side in labels for label in side.tolist()]
    transfer = transfer_of(pool, names, k=10)
    found |= {"transfer": transfer.accuracy, "score within classes": transfer.score_within or 0.0}
    watch.lap("with labels")
    found |= moments(real.astype(np.float64), synthetic.astype(np.float64))
    narrow = places[:, :32].astype(np.float64)
    found["closeness, 32 axes"] = distances(narrow, is_real)["closeness"]
    found["Frechet, 32 axes"] = moments(
        places[is_real, :32].astype(np.float64), places[~is_real, :32].astype(np.float64)
    )["FID"]
    watch.lap("FID, KID")
    found |= distances(points.astype(np.float64), is_real)
    watch.lap("MMD, precision to coverage")
    found["C2ST wrong"] = 1.0 - classifier(places[:, :64], is_real)
    watch.lap("C2ST")
    return found, watch.seconds


def scores(
    points: PointMatrix, is_real: BoolArray, where: str = "", counts: tuple[int, ...] = NEIGHBORS
) -> Figures:
    """Score both ways at several numbers of neighbors."""
    found: Figures = {}
    lists = self_knn(np.ascontiguousarray(points), max(counts))
    for k in counts:
        graph = graph_of(lists.first(k), k)
        found[f"S, k = {k}{where}"] = forward = directed_score(graph, ~is_real)
        if not where and k in (1, 10):
            reverse = directed_score(graph, is_real)
            found[f"reverse, k = {k}"] = reverse
            found[f"smaller of both, k = {k}"] = min(forward, reverse)
            pair = np.array([[forward, reverse]])
            edge_count = pair_moments(graph, int(np.count_nonzero(~is_real))).distances(pair)
            found["edge count"] = max(float(edge_count[0]), found.get("edge count", 0.0))
    return found


def moments(real: Float64Array, synthetic: Float64Array) -> Figures:
    """Return the Frechet distance (Heusel et al. 2017) and KID (Binkowski et al. 2018)."""
    centers = real.mean(axis=0), synthetic.mean(axis=0)
    sides = [
        (side - center) / np.sqrt(len(side) - 1.0)
        for side, center in zip((real, synthetic), centers, strict=True)
    ]
    # The trace of the root of a product of covariances is the nuclear norm of X Y'.
    shared = np.linalg.svd(sides[0] @ sides[1].T, compute_uv=False).sum()
    spreads = sum(float(np.square(side).sum()) for side in sides)
    frechet = float(np.square(centers[0] - centers[1]).sum()) + spreads - 2.0 * float(shared)
    width = real.shape[1]
    within = [_mean_off_diagonal((side @ side.T / width + 1.0) ** 3) for side in (real, synthetic)]
    across = float(((real @ synthetic.T / width + 1.0) ** 3).mean())
    return {"FID": frechet, "KID": sum(within) - 2.0 * across}


def distances(points: Float64Array, is_real: BoolArray) -> Figures:
    """Return figures of the table of all distances.

    MMD with a Gaussian kernel as wide as the median distance (Gretton et al. 2012), the energy
    distance (Szekely and Rizzo 2013), precision and recall (Kynkaanniemi et al. 2019), density and
    coverage (Naeem et al. 2020).
    """
    squares = np.square(points).sum(axis=1)
    table = np.sqrt(np.maximum(squares[:, None] + squares[None] - 2.0 * points @ points.T, 0.0))
    np.fill_diagonal(table, 0.0)
    middle = float(np.median(table[np.triu_indices_from(table, 1)]))
    real, synthetic = table[np.ix_(is_real, is_real)], table[np.ix_(~is_real, ~is_real)]
    across = table[np.ix_(is_real, ~is_real)]

    def discrepancy(kernel: Float64Array) -> float:
        sides = kernel[np.ix_(is_real, is_real)], kernel[np.ix_(~is_real, ~is_real)]
        between = float(kernel[np.ix_(is_real, ~is_real)].mean())
        return sum(_mean_off_diagonal(side) for side in sides) - 2.0 * between

    spread = (_mean_off_diagonal(real) + _mean_off_diagonal(synthetic)) / 2.0
    real_radius = np.sort(real, axis=1)[:, PEERS_K]
    synthetic_radius = np.sort(synthetic, axis=1)[:, PEERS_K]
    inside_real = across < real_radius[:, None]
    return {
        "MMD": discrepancy(np.exp(-np.square(table) / (2.0 * middle**2))),
        "energy distance": -discrepancy(table),
        "closeness": spread / float(across.mean()),
        "precision (prdc)": float(inside_real.any(axis=0).mean()),
        "recall (prdc)": float((across < synthetic_radius).any(axis=1).mean()),
        "density (prdc)": float(inside_real.sum(axis=0).mean() / PEERS_K),
        "coverage (prdc)": float((across.min(axis=1) < real_radius).mean()),
    }


def classifier(places: FloatMatrix, is_real: BoolArray) -> float:
    """Return how often a logistic classifier is right (C2ST, Lopez-Paz and Oquab 2017)."""
    scaled = places / (places.std() + 1e-12)
    found = cross_val_predict(LogisticRegression(max_iter=200, tol=1e-3), scaled, is_real, cv=5)
    sides = is_real, ~is_real
    return float(np.mean([np.mean(found[side] == is_real[side]) for side in sides]))


def _mean_off_diagonal(table: Float64Array) -> float:
    rows = len(table)
    return float((table.sum() - np.trace(table)) / (rows * (rows - 1)))
