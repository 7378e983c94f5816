"""Whether one side lies farther from the common center than the other: wider, or narrower."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.measures.fold_sums import ROWS_IN_CACHE, standardization_of

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray, Float64Array, FloatMatrix, IdArray
    from twinscore.graph.pool import Pool

MOST_AXES = 5
WIDTH_PER_AXIS = 4
UNITS_PER_AXIS = 40
"""Axes that explain a length must stay few beside what they are to explain."""

MOST_ROWS = 2_000
"""From which the axes are found."""

MARGIN, STEPS = 6, 4
"""Of the subspace iteration: further axes, and how often it is repeated."""

RELABELLINGS = 999
LABELS = 10_000_000
"""Drawn in all; where so many do not make the relabellings, a mean is as good as normal."""

LABELS_AT_ONCE = 2_000_000


@dataclass(frozen=True, slots=True)
class Spread:
    """How far the synthetic side lies from the common center, beside the real one.

    Attributes
    ----------
    ratio
        Mean distance of the synthetic images over that of real images in the same places, on the
        scale of logarithms: 1 where mixed, above 1 where the synthetic side is wider. Of a
        factor that draws a side out, part counts as another place: it is nearer to 1.
    p_value
        How often relabelled units are as far from 1, either way.
    """

    ratio: float
    p_value: float


def spread_of(pool: Pool, *, seed: int) -> Spread:
    """Compare the lengths of both sides' vectors, less what their place explains.

    A length is the logarithm of the sum of the absolute values of a standardised vector (Levene
    1960, for many axes at once). Lengths differ most by what an image shows: the regression on
    its places along the longest principal axes of the pool, and on their squares, is taken
    away. All of that is done without looking at labels, so that relabelling tests what is left
    exactly.

    Parameters
    ----------
    pool
        One random member of each unit is looked at.
    seed
        Of members, axes and relabellings.
    """
    random = np.random.default_rng(seed)
    rows = pool.draw(random)
    vectors = pool.vectors if pool.groups is None else pool.vectors[rows]
    is_real = pool.unit_is_real
    standardization = standardization_of(vectors)
    axes = _longest_axes(
        standardization.rows(vectors[_some(len(vectors), random)]), len(vectors), random
    )
    lengths = np.empty(len(vectors))
    places = np.empty((len(vectors), axes.shape[1]))
    for start in range(0, len(vectors), ROWS_IN_CACHE):
        part = slice(start, start + ROWS_IN_CACHE)
        block = standardization.rows(vectors[part])
        lengths[part] = np.abs(block).sum(axis=1)
        places[part] = block @ axes
    smallest = lengths[lengths > 0.0].min(initial=math.inf)
    if math.isinf(smallest):
        return Spread(1.0, 1.0)
    left = _unexplained(np.log(np.maximum(lengths, smallest)), places)
    ratio = math.exp(float(left[~is_real].mean() - left[is_real].mean()))
    return Spread(ratio, _p_value(left, is_real, random))


def _some(count: int, random: np.random.Generator) -> IdArray:
    if count <= MOST_ROWS:
        return np.arange(count)
    return np.sort(random.permutation(count)[:MOST_ROWS])


def _longest_axes(points: FloatMatrix, units: int, random: np.random.Generator) -> FloatMatrix:
    """Find the longest principal axes, shape (d, m), by subspace iteration (Halko et al. 2011)."""
    width = points.shape[1]
    count = min(MOST_AXES, width // WIDTH_PER_AXIS, units // UNITS_PER_AXIS)
    if count == 0:
        return np.empty((width, 0), dtype=np.float32)
    axes = random.standard_normal((width, min(count + MARGIN, width)), dtype=np.float32)
    for _ in range(STEPS):
        axes = _orthonormal(points.T @ (points @ axes))
    seen = points @ axes
    turn = np.linalg.eigh((seen.T @ seen).astype(np.float64))[1][:, ::-1]
    return np.asarray(axes @ turn[:, :count], dtype=np.float32)


def _orthonormal(columns: FloatMatrix) -> FloatMatrix:
    """Turn few columns into orthonormal ones of the same span, by their products."""
    tiny, rounding = float(np.finfo(np.float32).tiny), float(np.finfo(np.float32).eps)
    columns = columns / np.maximum(np.abs(columns).max(axis=0), tiny)
    squares, turn = np.linalg.eigh((columns.T @ columns).astype(np.float64))
    least = max(rounding * float(squares[-1]), tiny)
    return np.asarray(columns @ (turn / np.sqrt(np.maximum(squares, least))), dtype=np.float32)


def _unexplained(lengths: Float64Array, places: Float64Array) -> Float64Array:
    """Take away the regression on places and their squares."""
    scale = np.abs(places).max(axis=0, initial=0.0)
    places = places / np.where(scale > 0.0, scale, 1.0)
    terms = np.concatenate([np.ones((len(lengths), 1)), places, np.square(places)], axis=1)
    explained: Float64Array = terms @ np.linalg.lstsq(terms, lengths, rcond=None)[0]
    return lengths - explained


def _p_value(values: Float64Array, is_real: BoolArray, random: np.random.Generator) -> float:
    """Two-sided, of the difference of two means, over all ways to choose a side."""
    count, synthetic = len(values), int(np.count_nonzero(~is_real))
    values = values - values.mean()
    seen = abs(float(values[~is_real].sum()))
    variance = float(np.square(values).sum()) * synthetic * (count - synthetic)
    variance /= count * (count - 1.0)
    if variance <= 0.0:
        return 1.0
    if RELABELLINGS * count > LABELS:
        return math.erfc(seen / math.sqrt(2.0 * variance))
    # Either side's sum is the other's, but for its sign.
    drawn, as_far = min(synthetic, count - synthetic), 0
    at_once = max(LABELS_AT_ONCE // count, 1)
    for start in range(0, RELABELLINGS, at_once):
        rows = min(at_once, RELABELLINGS - start)
        shuffled = random.permuted(np.broadcast_to(values, (rows, count)), axis=1)
        sums = np.abs(shuffled[:, :drawn].sum(axis=1))
        as_far += int(np.count_nonzero(sums >= seen * (1.0 - 1e-9)))
    return (1 + as_far) / (1 + RELABELLINGS)
