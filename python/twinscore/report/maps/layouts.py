"""The pool laid out on a plane: UMAP, t-SNE or principal axes, over our own neighbors.

A map is for finding one's way to images. Distances on it mean little, and no score comes from it.
"""

from __future__ import annotations

import importlib.util
import threading
import warnings
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.base.extras import require
from twinscore.base.threads import thread_count
from twinscore.measures.space_profile import principal_coordinates
from twinscore.neighbors.settings import EXACT, SearchSettings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twinscore.base.arrays import Float64Array, FloatMatrix, IdArray
    from twinscore.base.progress import ProgressCallback

METHODS = {"umap": "UMAP", "tsne": "t-SNE", "pca": "PCA"}
"""Ways to lay out a pool, with the name that people know."""

SEEDS = (0, 1, 2)
UMAP_NEIGHBORS = 15
UMAP_MIN_DISTANCE = 0.1
PERPLEXITY = 30
SOON_SETTLED = 5_000
"""Up to so many points, t-SNE is as near to its aim after the fewer steps: of 760 images, a
divergence of 0.740 against 0.741 after twice as many (means of two seeds)."""
STEPS_WHEN_SOON_SETTLED = {"early_exaggeration_iter": 100, "n_iter": 250}
STEPS_BETWEEN_LOOKS = 10
"""Of t-SNE, after which it looks whether it is still wanted."""
MANY_POINTS = 10_000
"""From here on UMAP, which compiles itself for seconds first, is done before t-SNE."""
FEWEST_FOR_NEIGHBORS = 10
"""Smaller pools are laid out along their principal axes: they have no neighborhoods to keep."""


@dataclass(frozen=True, slots=True)
class PoolMap:
    """One layout of the pool.

    Attributes
    ----------
    method
        A key of ``METHODS``.
    seed
        Of the layout and of the order in which it saw the rows.
    points
        Shape (n, 2), float64, centered; the largest coordinate is 1.
    """

    method: str
    seed: int
    points: Float64Array


def available_method(points: int) -> str:
    """Return the method that lays out so many points soonest, of those that are installed."""
    packages = {"tsne": "openTSNE", "umap": "umap"}
    order = ("umap", "tsne") if points > MANY_POINTS else ("tsne", "umap")
    for method in order:
        if importlib.util.find_spec(packages[method]) is not None:
            return method
    return "pca"


def lay_out(
    vectors: FloatMatrix,
    *,
    method: str | None = None,
    seeds: Sequence[int] = SEEDS,
    search: SearchSettings = EXACT,
    progress: ProgressCallback | None = None,
) -> list[PoolMap]:
    """Lay the pool out once for each seed.

    Rows are shuffled first, so that no order of files can show in a map. The layouts are turned
    and mirrored onto the first one: what still differs between them is what no map can tell.

    Parameters
    ----------
    vectors
        Shape (n, d).
    method
        "umap", "tsne" or "pca"; None for the one that is done soonest, of those installed.
    seeds
        One layout each; principal axes have no seed and are laid out once.
    search
        Backend and threads.
    progress
        Called with (layouts done, layouts).

    Raises
    ------
    ValueError
        The method is not known, or there are no seeds.
    MissingExtraError
        The method's package is not installed.
    """
    method = method or available_method(len(vectors))
    if method not in METHODS:
        raise ValueError(f"expected a map by {', '.join(METHODS)}, got {method!r}")
    if not seeds:
        raise ValueError("expected at least one seed for the map, got none")
    axes = _principal_plane(vectors)
    if method == "pca" or len(vectors) < FEWEST_FOR_NEIGHBORS:
        return [PoolMap("pca", seeds[0], _scaled(axes))]
    if progress is not None:
        progress(0, len(seeds))
    make = _UmapLayout if method == "umap" else _TsneLayout
    layout = make(vectors, axes, search)
    maps: list[PoolMap] = []
    for seed, points in zip(seeds, _placed(layout, seeds), strict=True):
        points = _scaled(points)
        if maps:
            points = _turned_onto(points, maps[0].points)
        maps.append(PoolMap(method, seed, points))
        if progress is not None:
            progress(len(maps), len(seeds))
    return maps


def _placed(layout: _NeighborLayout, seeds: Sequence[int]) -> Iterator[Float64Array]:
    """Lay out once for each seed; whatever ends the walk early ends layouts that are under way."""
    if layout.at_once == 1:
        # Ctrl-C reaches the main thread alone.
        yield from map(layout.in_random_order, seeds)
        return
    with ThreadPoolExecutor(layout.at_once) as workers:
        try:
            yield from workers.map(layout.in_random_order, seeds)
        finally:
            layout.is_unwanted.set()


class _NeighborLayout(ABC):
    """What the methods share: the neighbors of each point, found once for all seeds."""

    neighbor_count: int
    at_once = 1
    """Layouts that may be made side by side."""

    def __init__(self, vectors: FloatMatrix, axes: Float64Array, search: SearchSettings) -> None:
        count = min(self.neighbor_count, len(vectors) - 1)
        neighbors = search.self_knn(vectors, count)
        self.ids: IdArray = neighbors.ids
        self.distances: Float64Array = np.sqrt(neighbors.distances)
        self.start = axes / (axes[:, 0].std() or 1.0)
        self.is_unwanted = threading.Event()

    def in_random_order(self, seed: int) -> Float64Array:
        """Return the points of all rows; no order of files can show in them."""
        order = np.random.default_rng(seed).permutation(len(self.ids))
        points = np.empty((len(order), 2))
        points[order] = self.place(order, seed)
        return points

    @abstractmethod
    def place(self, order: IdArray, seed: int) -> Float64Array:
        """Return the points of the shuffled rows, in shuffled order."""

    def _shuffled_neighbors(self, order: IdArray) -> tuple[IdArray, Float64Array]:
        position = np.empty_like(order)
        position[order] = np.arange(len(order))
        return position[self.ids[order]], self.distances[order]


class _UmapLayout(_NeighborLayout):
    # UMAP counts the point itself among its neighbors.
    neighbor_count = UMAP_NEIGHBORS - 1

    def place(self, order: IdArray, seed: int) -> Float64Array:
        ids, distances = self._shuffled_neighbors(order)
        own = np.arange(len(order))[:, None]
        ids = np.hstack([own, ids])
        distances = np.hstack([np.zeros_like(own, dtype=np.float64), distances])
        noise = np.random.default_rng(seed).normal(scale=0.1, size=self.start.shape)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            umap = require("umap", extra="umap", purpose="the UMAP map")
            model = umap.UMAP(
                n_neighbors=ids.shape[1],
                min_dist=UMAP_MIN_DISTANCE,
                precomputed_knn=(ids, distances.astype(np.float32)),
                force_approximation_algorithm=True,
                init=(self.start[order] * 10.0 + noise).astype(np.float32),
                random_state=seed,
                n_jobs=1,
            )
            # The neighbors are given; the rows themselves only tell their number.
            points = model.fit_transform(self.start[order].astype(np.float32))
        return np.asarray(points, dtype=np.float64)


class _TsneLayout(_NeighborLayout):
    neighbor_count = 3 * PERPLEXITY

    def __init__(self, vectors: FloatMatrix, axes: Float64Array, search: SearchSettings) -> None:
        super().__init__(vectors, axes, search)
        self.at_once = thread_count(search.threads)

    def place(self, order: IdArray, seed: int) -> Float64Array:
        ids, distances = self._shuffled_neighbors(order)
        noise = np.random.default_rng(seed).normal(scale=1e-5, size=self.start.shape)
        steps = STEPS_WHEN_SOON_SETTLED if len(order) <= SOON_SETTLED else {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tsne = require("openTSNE", extra="tsne", purpose="the t-SNE map")
            nearest = require("openTSNE.nearest_neighbors", extra="tsne", purpose="the t-SNE map")
            affinities = tsne.affinity.PerplexityBasedNN(
                knn_index=nearest.PrecomputedNeighbors(ids, distances),
                perplexity=min(PERPLEXITY, ids.shape[1] / 3),
                n_jobs=1,
            )
            model = tsne.TSNE(
                random_state=seed,
                n_jobs=1,
                callbacks=lambda *_: self.is_unwanted.is_set(),
                callbacks_every_iters=STEPS_BETWEEN_LOOKS,
                **steps,
            )
            points = model.fit(
                affinities=affinities, initialization=self.start[order] * 1e-4 + noise
            )
        return np.asarray(points, dtype=np.float64)


def _principal_plane(vectors: FloatMatrix) -> Float64Array:
    """Coordinates along the two widest axes; the largest of each is positive."""
    plane = principal_coordinates(vectors)[:, :2].astype(np.float64)
    if plane.shape[1] < 2:
        plane = np.hstack([plane, np.zeros((len(plane), 1))])
    largest = plane[np.abs(plane).argmax(axis=0), [0, 1]]
    return np.asarray(plane * np.where(largest < 0.0, -1.0, 1.0), dtype=np.float64)


def _scaled(points: Float64Array) -> Float64Array:
    centered: Float64Array = points - (points.max(axis=0) + points.min(axis=0)) / 2
    largest = float(np.abs(centered).max())
    return centered / (largest or 1.0)


def _turned_onto(points: Float64Array, target: Float64Array) -> Float64Array:
    """Rotate and mirror to the least squared distance from the target (Schönemann 1966)."""
    left, _, right = np.linalg.svd(points.T @ target)
    return _scaled(points @ (left @ right))
