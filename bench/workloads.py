"""Points to bench with, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from photographs import cached_crops, mixed
from twinscore.cli.bench.workload import Workload, made_sides

if TYPE_CHECKING:
    from pathlib import Path

    from twinscore.base.arrays import FloatMatrix

WHITENED_COLUMNS = 128
MIXED_COLUMNS = 768
MIXED_CROPS = 100_000
MIXED_AT_ONCE = 50_000
CLUSTERS = 50


def crops(rows: int, photographs: Path | None, file: Path | None) -> Workload:
    """Take embeddings of crops of photographs, 1280-d; from a file where they were made before."""
    points = np.load(file, mmap_mode="r")[:rows] if file else cached_crops(rows, photographs)
    points = np.ascontiguousarray(points, dtype=np.float32)
    return Workload("crops of photographs", points, made_sides(points))


def whitened(rows: int, photographs: Path | None, file: Path | None) -> Workload:
    """Take 128 principal axes of the crops, each scaled to variance 1: as hard as 128-d gets.

    No axis tells more than another, so that neither pruning nor graphs find a short cut.
    """
    points = crops(rows, photographs, file).points
    centered = points - points.mean(axis=0)
    values, axes = np.linalg.eigh(centered.T @ centered / len(centered))
    kept = centered @ (axes[:, -WHITENED_COLUMNS:] / np.sqrt(values[-WHITENED_COLUMNS:]))
    kept = np.ascontiguousarray(kept, dtype=np.float32)
    return Workload("crops, 128 axes whitened", kept, made_sides(kept))


def mixtures(rows: int, photographs: Path | None, file: Path | None) -> Workload:
    """Mix pairs of embeddings of crops, 768 of their columns: as many points as asked for."""
    embeddings = np.load(file, mmap_mode="r") if file else cached_crops(MIXED_CROPS, photographs)
    embeddings = np.ascontiguousarray(embeddings[:MIXED_CROPS, :MIXED_COLUMNS], dtype=np.float32)
    random = np.random.default_rng(0)
    points = np.empty((rows, MIXED_COLUMNS), dtype=np.float32)
    for start in range(0, rows, MIXED_AT_ONCE):
        part = points[start : start + MIXED_AT_ONCE]
        part[:] = mixed(embeddings, len(part), random)
    return Workload("mixtures of crops", points, made_sides(points))


def clusters(rows: int, photographs: Path | None, file: Path | None) -> Workload:  # noqa: ARG001
    """Draw points around a few centers, 32-d: quick to make, for a quick look."""
    random = np.random.default_rng(0)
    centers = random.standard_normal((CLUSTERS, 32))
    points = centers[random.integers(CLUSTERS, size=rows)] + 0.5 * random.standard_normal(
        (rows, 32)
    )
    kept: FloatMatrix = points.astype(np.float32)
    return Workload("clusters", kept, made_sides(kept))


WORKLOADS = {"crops": crops, "whitened": whitened, "mixtures": mixtures, "clusters": clusters}
