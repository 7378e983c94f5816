"""What a pilot tells of the noise of scores like it, at other numbers of images."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.graph.intervals import student_quantile
from twinscore.graph.neighbor_graph import graph_of
from twinscore.graph.score import directed_score, score_at

if TYPE_CHECKING:
    from twinscore.base.arrays import IdArray, PointMatrix
    from twinscore.base.progress import ProgressCallback
    from twinscore.graph.pool import Pool
    from twinscore.neighbors.settings import SearchSettings

EQUAL = 0.5
"""Real fraction of a pool with as many images on both sides."""

SPLITS = 200
"""Of a pilot: the standard error of the noise that they show is a twentieth."""

LARGEST = 2_000
"""Synthetic images that are split; more would tell the noise better than anyone needs it."""

FEWEST = 8
"""Images (or groups) of a side that can be split."""


@dataclass(frozen=True, slots=True)
class Pilot:
    """The level of a score and its noise.

    Attributes
    ----------
    score
        S at equal sides.
    units
        Images a side, or groups where there are any; of unequal sides the harmonic mean.
    inflation
        Variance of the score, as it counts in a difference of two, over that of as many
        independent neighbors.
    grouped
        Whether units are groups.
    from_interval
        Whether the noise was read from an interval, which is rather too wide than too narrow.
    """

    score: float
    units: float
    inflation: float
    grouped: bool
    from_interval: bool

    def variance(self, score: float) -> float:
        """Variance of a score at equal sides, times the units a side.

        The neighbors of n images are on the other side with probability p = S / 2; independent
        ones would give S the variance p (1 - p) / (n / 4).
        """
        share = min(max(score * EQUAL, 0.0), 1.0)
        return self.inflation * share * (1.0 - share) / EQUAL**2


def pilot_of_pool(
    pool: Pool, k: int, *, seed: int, search: SearchSettings, progress: ProgressCallback
) -> Pilot:
    """Split the synthetic side at random, again and again, as if its halves were two twins.

    Both halves meet the same real images, as in a comparison. The variance of the difference of
    their scores over splits of one set is that over two sets drawn anew, of half the size.

    Parameters
    ----------
    pool
        Both sides.
    k
        Neighbors per unit.
    seed
        Of the splits, and of the member that is drawn of each group.
    search
        Backend and threads.
    progress
        Called with (done, total).

    Raises
    ------
    ValueError
        A side is too small to be split at this k.
    """
    counts = {
        side: int(np.count_nonzero(pool.unit_is_real == (side == "real")))
        for side in ("real", "synthetic")
    }
    fewest = max(FEWEST, 2 * k + 2)
    for side, count in counts.items():
        if count < fewest:
            raise ValueError(
                f"expected at least {fewest} images (or groups) in a pilot at k = {k}, got {count} "
                f"on the {side} side"
            )
    half = min(counts["real"], min(counts["synthetic"], LARGEST) // 2)
    random = np.random.default_rng(seed)
    scores = np.empty((SPLITS, 2))
    for split in range(SPLITS):
        rows = pool.draw(random)
        real = random.permutation(rows[pool.is_real[rows]])[:half]
        synthetic = random.permutation(rows[~pool.is_real[rows]])
        for twin in range(2):
            chosen = synthetic[twin * half : (twin + 1) * half]
            scores[split, twin] = _score(pool.vectors, real, chosen, k, search)
        progress(split + 1, SPLITS)
    level = float(scores.mean())
    variance = float(np.square(scores[:, 0] - scores[:, 1]).mean()) / 2.0
    return Pilot(
        score=level,
        units=_harmonic_mean(counts["real"], counts["synthetic"]),
        inflation=_inflation(level, variance * half),
        grouped=pool.groups is not None,
        from_interval=False,
    )


def pilot_of_interval(fields: dict[str, Any]) -> Pilot:
    """Read a pilot from the keys of result.json.

    Raises
    ------
    ValueError
        They are those of a sample, which has no interval over images drawn anew.
    """
    low, high = fields.get("interval") or (None, None)
    if low is None or high is None:
        raise ValueError(
            "expected a pilot with an interval of its score, got a result of a sample: score all "
            "images, without precision and budget"
        )
    counts = fields.get("groups") or {
        "real": fields["n_real"],
        "synthetic": fields["n_synthetic"],
    }
    real, synthetic = int(counts["real"]), int(counts["synthetic"])
    expected = float(fields["expected_real_fraction"])
    found = float(fields["score"])
    trials = _trials(found * expected, (low * expected, high * expected), min(real, synthetic))
    units = _harmonic_mean(real, synthetic)
    return Pilot(
        score=found if real == synthetic else _balanced(fields),
        units=units,
        inflation=units / trials,
        grouped=fields.get("groups") is not None,
        from_interval=True,
    )


def _harmonic_mean(real: int, synthetic: int) -> float:
    return 2.0 * real * synthetic / (real + synthetic)


def _score(
    vectors: PointMatrix, real: IdArray, synthetic: IdArray, k: int, search: SearchSettings
) -> float:
    rows = np.concatenate([real, synthetic])
    neighbors = search.self_knn(vectors[rows], k)
    return directed_score(graph_of(neighbors), np.arange(len(rows)) >= len(real))


def _inflation(score: float, variance: float) -> float:
    """Return a variance, times units, over that of independent neighbors; 1 where all agree."""
    independent = Pilot(score, 1.0, 1.0, grouped=False, from_interval=False).variance(score)
    return variance / independent if independent > 0.0 and variance > 0.0 else 1.0


def _trials(share: float, interval: tuple[float, float], smallest: int) -> float:
    """Return the independent trials that would make an interval as wide: inverts Wilson's."""
    z = student_quantile(max(smallest - 1, 1))
    end = max(interval, key=lambda end: abs(end - share) if 0.0 < end < 1.0 else 0.0)
    return z * z * end * (1.0 - end) / (end - share) ** 2


def _balanced(fields: dict[str, Any]) -> float:
    """Return the score at equal sides."""
    if fields.get("score_balanced") is not None:
        return float(fields["score_balanced"])
    overlap = fields.get("overlap")
    return score_at(math.inf if overlap is None else float(overlap), EQUAL)
