"""Sums over folds from which a linear judge is trained: they add up, whoever saw which images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from twinscore.base.arrays import Float64Array, FloatMatrix, IdArray, PointMatrix

ROWS_AT_ONCE = 4_096
ROWS_IN_CACHE = 512


@dataclass(frozen=True, slots=True)
class Standardization:
    """Center and scale of each axis, known before labels are.

    Attributes
    ----------
    center, scale
        Shape (d,), float64; an axis without spread has scale 1.
    """

    center: Float64Array
    scale: Float64Array

    def rows(self, vectors: PointMatrix) -> FloatMatrix:
        """Standardise vectors, shape (n, d).

        What a center loses to rounding is the same for all rows of an axis, and no judge sees it.
        """
        moved = np.subtract(vectors, self.center.astype(np.float32), dtype=np.float32)
        moved /= self.scale.astype(np.float32)
        return moved


def standardization_of(vectors: PointMatrix) -> Standardization:
    """Measure mean and standard deviation of each axis, in float64 by blocks of rows."""
    count, width = vectors.shape
    center, squares = np.zeros(width), np.zeros(width)
    for start in range(0, count, ROWS_IN_CACHE):
        center += vectors[start : start + ROWS_IN_CACHE].sum(axis=0, dtype=np.float64) / count
    for start in range(0, count, ROWS_IN_CACHE):
        block = vectors[start : start + ROWS_IN_CACHE].astype(np.float64)
        block -= center
        squares += np.square(block, out=block).sum(axis=0) / count
    scale = np.sqrt(squares)
    # What is left of a constant axis is rounding.
    flat = (scale <= 1e-7 * np.abs(center)) | (scale < np.finfo(np.float32).tiny)
    return Standardization(center, np.where(flat, 1.0, scale))


@dataclass(frozen=True, slots=True)
class FoldSums:
    """What training needs to know of the images of each fold; those of two pools add up.

    Attributes
    ----------
    moments
        Shape (folds, d, d), float64: weighted sums of the outer products of rows.
    synthetic, everything
        Shapes (folds, d, m) and (folds, d), float64: weighted sums of the rows labelled
        synthetic, for each of m labellings, and of all rows.
    synthetic_weight, weight
        Shapes (folds, m) and (folds,): the sums of the weights.
    """

    moments: Float64Array
    synthetic: Float64Array
    everything: Float64Array
    synthetic_weight: Float64Array
    weight: Float64Array

    @property
    def count(self) -> int:
        """Number of folds."""
        return len(self.weight)

    def __add__(self, other: FoldSums) -> FoldSums:
        """Return the sums over both pools."""
        return FoldSums(
            self.moments + other.moments,
            self.synthetic + other.synthetic,
            self.everything + other.everything,
            self.synthetic_weight + other.synthetic_weight,
            self.weight + other.weight,
        )

    def planes(self, fold: int, penalty: float) -> tuple[Float64Array, Float64Array]:
        """Train on all other folds: ridge regression on targets of equal weight per side.

        Its direction is (M + penalty)^-1 (mean of synthetic - mean of real), M the second moments
        of the other folds; its threshold lies halfway between the means.

        Returns
        -------
        Directions, shape (d, m), and thresholds, shape (m,).
        """
        moments = self.moments.sum(axis=0) - self.moments[fold]
        moments /= self.weight.sum() - self.weight[fold]
        moments[np.diag_indices_from(moments)] += penalty
        synthetic = self.synthetic.sum(axis=0) - self.synthetic[fold]
        real = (self.everything.sum(axis=0) - self.everything[fold])[:, None] - synthetic
        synthetic_weight = self.synthetic_weight.sum(axis=0) - self.synthetic_weight[fold]
        real_weight = self.weight.sum() - self.weight[fold] - synthetic_weight
        synthetic_mean, real_mean = synthetic / synthetic_weight, real / real_weight
        directions = np.linalg.solve(moments, synthetic_mean - real_mean)
        return directions, 0.5 * ((synthetic_mean + real_mean) * directions).sum(axis=0)


def fold_sums(
    vectors: PointMatrix,
    standardization: Standardization,
    folds: IdArray,
    weights: Float64Array,
    labellings: npt.NDArray[np.int8],
) -> FoldSums:
    """Sum over the rows of each fold.

    Products of a block are float32, their sums over blocks float64.

    Parameters
    ----------
    vectors
        Shape (n, d).
    standardization
        The same for all pools that are added.
    folds
        Shape (n,), 0 .. f-1.
    weights
        Shape (n,).
    labellings
        Shape (n, m): 1 where a labelling says synthetic, else 0.
    """
    count, width = int(folds.max()) + 1, vectors.shape[1]
    labels = labellings.shape[1]
    sums = FoldSums(
        np.zeros((count, width, width)),
        np.zeros((count, width, labels)),
        np.zeros((count, width)),
        np.zeros((count, labels)),
        np.zeros(count),
    )
    for fold in range(count):
        rows = np.flatnonzero(folds == fold)
        for start in range(0, len(rows), ROWS_AT_ONCE):
            part = rows[start : start + ROWS_AT_ONCE]
            roots = np.sqrt(weights[part]).astype(np.float32)[:, None]
            block = standardization.rows(vectors[part])
            block *= roots
            marked = labellings[part].astype(np.float32)
            sums.moments[fold] += block.T @ block
            sums.synthetic[fold] += block.T @ (marked * roots)
            sums.everything[fold] += (block * roots).sum(axis=0, dtype=np.float64)
            sums.synthetic_weight[fold] += weights[part] @ marked
            sums.weight[fold] += weights[part].sum()
    return sums
