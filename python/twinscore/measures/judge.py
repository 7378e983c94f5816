"""The impartial judge: how often a classifier that never saw an image sorts it right.

Sources: Lopez-Paz and Oquab 2017 (classifier two-sample tests), Kim et al. 2021 (accuracy as a
statistic), Hastie, Tibshirani and Friedman 2009, sections 4.2 and 4.3 (regression on classes).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.graph.intervals import effective_size, student_quantile, wilson_interval
from twinscore.measures.fold_sums import ROWS_AT_ONCE, fold_sums, standardization_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from twinscore.base.arrays import BoolArray, Float64Array, IdArray, PointMatrix
    from twinscore.graph.pool import Pool
    from twinscore.measures.fold_sums import Standardization

FOLDS = 5
PENALTY = 0.1
"""Of the ridge, in units of the variance of one axis."""

MOST_RELABELLINGS = 499
FEWEST_RELABELLINGS = 99
LABELS = 4_000_000
"""Labels drawn in all, unless the fewest relabellings take more."""

STEEPEST = 1e6
BISECTIONS = 40


@dataclass(frozen=True, slots=True)
class Judge:
    """How often an impartial judge is right.

    Attributes
    ----------
    accuracy
        Share of images sorted right, both sides counting alike; 0.5 is guessing.
    interval
        95 % for the accuracy of judges trained on as many images.
    p_value
        How often relabelled images are sorted as well.
    """

    accuracy: float
    interval: tuple[float, float]
    p_value: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """A judge and what it says of each image.

    Attributes
    ----------
    judge
        How often it is right.
    synthetic
        Shape (n,), float64: probability that an image is synthetic, at equal sides, in the eyes
        of a judge that was trained without it and its group.
    """

    judge: Judge
    synthetic: Float64Array


def judge_pool(pool: Pool, *, seed: int, relabellings: int = MOST_RELABELLINGS) -> Judgement:
    """Train a linear judge on four fifths of the pool, judge the last fifth, and so on in turn.

    Ridge regression on standardised vectors, with targets that give both sides equal weight.
    A group is never on both sides of the cut, and counts as one. The p-value relabels units
    within folds, one random member of each: groups that are large on one side only would give
    it away by their size.

    Parameters
    ----------
    pool
        Both sides, two units a side at least.
    seed
        Of folds and relabellings.
    relabellings
        At most; large pools get fewer.
    """
    random = np.random.default_rng(seed)
    unit_is_real = pool.unit_is_real
    unit_folds = _stratified_folds(unit_is_real, random)
    standardization = standardization_of(pool.vectors)
    members = pool.draw(random)
    labellings = _labellings(unit_is_real, unit_folds, relabellings, random)
    vectors = pool.vectors if pool.groups is None else pool.vectors[members]
    decisions = _out_of_fold(
        vectors, standardization, unit_folds, np.ones(len(members)), labellings
    )
    p_value = _p_value(decisions, labellings)

    decision = decisions[:, 0]
    if pool.groups is not None:
        weights = 1.0 / np.bincount(pool.groups)[pool.groups]
        labels = (~pool.is_real)[:, None].astype(np.int8)
        folds = unit_folds[pool.groups]
        decision = _out_of_fold(pool.vectors, standardization, folds, weights, labels)[:, 0]
    accuracy, interval = _accuracy(decision, pool)
    return Judgement(Judge(accuracy, interval, p_value), _probabilities(decision, pool))


def _stratified_folds(is_real: BoolArray, random: np.random.Generator) -> IdArray:
    """Deal the units of each side out to folds of nearly equal size."""
    sides = np.flatnonzero(is_real), np.flatnonzero(~is_real)
    count = min(FOLDS, *(len(side) for side in sides))
    folds = np.empty(len(is_real), dtype=np.int64)
    for side in sides:
        folds[random.permutation(side)] = np.arange(len(side)) % count
    return folds


def _labellings(
    is_real: BoolArray, folds: IdArray, most: int, random: np.random.Generator
) -> npt.NDArray[np.int8]:
    """Return the labels, 1 for synthetic, and relabellings that keep the numbers of each fold."""
    units = len(is_real)
    count = min(max(LABELS // units, FEWEST_RELABELLINGS), most)
    labels = np.repeat((~is_real).astype(np.int8)[:, None], 1 + count, axis=1)
    for fold in range(int(folds.max()) + 1):
        rows = np.flatnonzero(folds == fold)
        labels[rows, 1:] = random.permuted(labels[rows, 1:], axis=0)
    return labels


def _out_of_fold(
    vectors: PointMatrix,
    standardization: Standardization,
    folds: IdArray,
    weights: Float64Array,
    labellings: npt.NDArray[np.int8],
) -> npt.NDArray[np.float32]:
    """Judge each row by judges of the other folds, for each labelling; above 0 is synthetic.

    Solves in as many unknowns as there are axes, or rows where these are fewer.

    Returns
    -------
    Shape (n, labellings), float32.
    """
    judge = _by_rows if len(vectors) <= vectors.shape[1] else _by_axes
    return judge(vectors, standardization, folds, weights, labellings)


def _by_axes(
    vectors: PointMatrix,
    standardization: Standardization,
    folds: IdArray,
    weights: Float64Array,
    labellings: npt.NDArray[np.int8],
) -> npt.NDArray[np.float32]:
    sums = fold_sums(vectors, standardization, folds, weights, labellings)
    decisions = np.empty(labellings.shape, dtype=np.float32)
    for fold in range(sums.count):
        directions, thresholds = sums.planes(fold, PENALTY)
        narrow = directions.astype(np.float32), thresholds.astype(np.float32)
        rows = np.flatnonzero(folds == fold)
        for start in range(0, len(rows), ROWS_AT_ONCE):
            part = rows[start : start + ROWS_AT_ONCE]
            decisions[part] = standardization.rows(vectors[part]) @ narrow[0] - narrow[1]
    return decisions


def _by_rows(
    vectors: PointMatrix,
    standardization: Standardization,
    folds: IdArray,
    weights: Float64Array,
    labellings: npt.NDArray[np.int8],
) -> npt.NDArray[np.float32]:
    """Solve the same by the inner products of rows: (X'X + c)^-1 X' = X' (XX' + c)^-1."""
    points = standardization.rows(vectors).astype(np.float64)
    products = points @ points.T
    decisions = np.empty(labellings.shape, dtype=np.float32)
    for fold in range(int(folds.max()) + 1):
        judged, trained = folds == fold, folds != fold
        weight, labels = weights[trained], labellings[trained]
        roots = np.sqrt(weight)
        synthetic, real = weight @ labels, weight @ (1 - labels)
        to_synthetic = weight[:, None] * labels / synthetic
        to_real = weight[:, None] * (1 - labels) / real
        inner = products[np.ix_(trained, trained)]
        damped = inner * np.outer(roots, roots) / weight.sum() + PENALTY * np.eye(len(inner))
        targets = (to_synthetic - to_real) / roots[:, None]
        solved = np.linalg.solve(damped, targets)
        duals = roots[:, None] * solved
        # inner @ duals, read off the equations just solved
        on_trained = weight.sum() * (targets - PENALTY * solved) / roots[:, None]
        thresholds = 0.5 * ((to_synthetic + to_real) * on_trained).sum(axis=0)
        decisions[judged] = products[np.ix_(judged, trained)] @ duals - thresholds
    return decisions


def _p_value(decisions: npt.NDArray[np.float32], labellings: npt.NDArray[np.int8]) -> float:
    """Return how often relabelled units are judged as well as the first labelling's.

    By the accuracy; equal ones by the mean margin, so that small pools lose nothing to ties.
    """
    units, columns = labellings.shape
    blocks = [slice(start, start + ROWS_AT_ONCE) for start in range(0, units, ROWS_AT_ONCE)]
    scales = sum(np.abs(decisions[rows]).sum(axis=0, dtype=np.float64) for rows in blocks) / units
    scales = np.where(scales > 0.0, scales, 1.0).astype(np.float32)
    right, tamed, members = np.zeros((3, 2, columns))
    for rows in blocks:
        synthetic = labellings[rows] == 1
        is_right = _correctness(decisions[rows], synthetic)
        toward = np.tanh(decisions[rows] / scales)
        for side, (of_side, sign) in enumerate(((synthetic, 1.0), (~synthetic, -1.0))):
            members[side] += of_side.sum(axis=0)
            right[side] += is_right.sum(axis=0, where=of_side)
            tamed[side] += sign * toward.sum(axis=0, where=of_side, dtype=np.float64)
    accuracy, margin = (right / members).mean(axis=0), (tamed / members).mean(axis=0)
    higher = accuracy > accuracy[0] + 1e-9
    level = (np.abs(accuracy - accuracy[0]) <= 1e-9) & (margin >= margin[0])
    return float(np.mean(higher | level))


def _correctness(
    decisions: npt.NDArray[np.float32], synthetic: npt.NDArray[np.bool_]
) -> Float64Array:
    """1 where right, 0 where wrong, 0.5 where the judge cannot say."""
    return np.where(decisions == 0.0, 0.5, (decisions > 0.0) == synthetic)


def _accuracy(decision: npt.NDArray[np.float32], pool: Pool) -> tuple[float, tuple[float, float]]:
    """Average over the units of each side, then over sides; Wilson's interval of that."""
    units = pool.units
    right = np.bincount(units, _correctness(decision, ~pool.is_real)) / np.bincount(units)
    sides = right[pool.unit_is_real], right[~pool.unit_is_real]
    accuracy = float(np.mean([side.mean() for side in sides]))
    smallest = min(len(side) for side in sides)
    variance = float(sum(side.var(ddof=1) / len(side) for side in sides)) / 4.0
    independent = 4.0 / sum(1.0 / len(side) for side in sides)
    size = effective_size(accuracy, variance, float(independent), smallest)
    return accuracy, wilson_interval(accuracy, size, student_quantile(smallest - 1))


def _probabilities(decision: npt.NDArray[np.float32], pool: Pool) -> Float64Array:
    """Turn decisions into probabilities: the logistic curve through 0 that fits best (Platt 2000).

    Targets stay a little short of 0 and 1, so that sides that are told apart have a slope too.
    """
    sizes = np.bincount(pool.units)[pool.units]
    synthetic = ~pool.is_real
    margins = np.where(synthetic, decision, -decision).astype(np.float64)
    spread = np.sqrt(np.square(margins).mean())
    if spread == 0.0:
        return np.full(len(decision), 0.5)
    margins /= spread
    units = np.where(
        synthetic,
        np.count_nonzero(~pool.unit_is_real),
        np.count_nonzero(pool.unit_is_real),
    )
    weights, targets = 0.5 / (sizes * units), (units + 1.0) / (units + 2.0)

    def excess(slope: float) -> float:
        """Return the derivative of the likelihood, which falls with the slope."""
        return float((weights * (targets - _logistic(slope * margins)) * margins).sum())

    low, high = 0.0, 1.0
    while excess(high) > 0.0 and high < STEEPEST:
        low, high = high, 2.0 * high
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if excess(middle) > 0.0 else (low, middle)
    return _logistic(low * decision / spread)


def _logistic(values: Float64Array) -> Float64Array:
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * values)), dtype=np.float64)
