"""Pools of independent points, of many shapes, for `bench/near_copies.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from twinscore.base.arrays import Float64Array

    Pool = Callable[[np.random.Generator, int], Float64Array]

CLUSTERS = 8
WIDTH = 64


def gaussian(dimensions: int) -> Pool:
    """Return what draws standard normal points."""
    return lambda random, count: random.standard_normal((count, dimensions))


def log_normal_radii(dimensions: int) -> Pool:
    """Return what draws points of many radii: hubs in the middle, stragglers far away."""

    def draw(random: np.random.Generator, count: int) -> Float64Array:
        radii = np.exp(random.standard_normal((count, 1)))
        return random.standard_normal((count, dimensions)) * radii

    return draw


def heavy_tails(random: np.random.Generator, count: int) -> Float64Array:
    """Draw points of Student's t with 3 degrees of freedom."""
    return random.standard_t(3, (count, 8))


def clusters(random: np.random.Generator, count: int) -> Float64Array:
    """Draw clusters of 2 to 29 dimensions and of sizes of their own."""
    places = []
    for members in np.bincount(np.arange(count) % CLUSTERS).tolist():
        dimensions = int(random.integers(2, 30))
        axes = random.standard_normal((dimensions, WIDTH)) * np.exp(random.normal(0.0, 0.7))
        drawn = random.standard_normal((members, dimensions)) @ axes / np.sqrt(dimensions)
        places.append(drawn + 3.0 * random.standard_normal(WIDTH))
    return random.permutation(np.concatenate(places))


def surface_among_clusters(random: np.random.Generator, count: int) -> Float64Array:
    """Draw clusters, and put a curved surface in the place of a quarter of their points."""
    points = clusters(random, count)
    surface = random.uniform(-2.0, 2.0, (count // 4, 2))
    points[: len(surface)] = 2.0 * np.sin(surface @ random.standard_normal((2, WIDTH)))
    return points


def folded(waves: float) -> Pool:
    """Return what draws a surface of 4 dimensions, the more folded the more waves."""

    def draw(random: np.random.Generator, count: int) -> Float64Array:
        places = waves * random.standard_normal((count, 4)) @ random.standard_normal((4, WIDTH))
        return np.sin(places + random.uniform(0.0, 2.0 * np.pi, WIDTH))

    return draw


def mixed_dimensions(random: np.random.Generator, count: int) -> Float64Array:
    """Draw points of 4 dimensions, and of 32, around the same place."""
    points = random.standard_normal((count, 32))
    points[:, 4:] *= random.choice([0.05, 1.0], (count, 1))
    return points


POOLS: dict[str, Pool] = {
    "Gaussian, 2 dimensions": gaussian(2),
    "Gaussian, 16": gaussian(16),
    "Gaussian, 256": gaussian(256),
    "log-normal radii, 16": log_normal_radii(16),
    "log-normal radii, 256": log_normal_radii(256),
    "heavy tails": heavy_tails,
    "clusters": clusters,
    "surface among clusters": surface_among_clusters,
    "folded surface": folded(0.5),
    "closely folded surface": folded(1.5),
    "mixed dimensions": mixed_dimensions,
}
