"""Exchange units between two sets, or leave half of them out: what chance would do to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from twinscore.base.arrays import Float64Array, IdArray
    from twinscore.comparison.design import Design

PERMUTATIONS = 999
HALVES = 200


def half_spread(design: Design, random: np.random.Generator, step: Callable[[], None]) -> float:
    """Estimate the standard deviation of the difference from random halves of all units.

    Half of the units drawn without replacement spread around the whole as the whole spreads
    around the truth: 1/m - 1/n = 1/n at m = n/2.
    """
    size = len(design.labels) // 2
    half, half_real = size // 2, design.n_real // 2
    expected = half_real / (half_real + half - 1)
    scale = np.sqrt((half / size) / (1.0 - half / size))
    differences = []
    for _ in range(HALVES):
        labels = np.full(len(design.labels), -1)
        kept = _half_of_each_set(design, half, random)
        labels[kept] = design.labels[kept]
        kept_real = random.permutation(design.n_real)[:half_real]
        shares = design.shares(labels, kept_real)
        means = [shares[labels == label].mean() for label in (0, 1)]
        differences.append((means[1] - means[0]) / expected)
        step()
    return float(np.std(differences, ddof=1) * scale)


def _half_of_each_set(design: Design, half: int, random: np.random.Generator) -> IdArray:
    """Keep `half` units of each set: whole pairs first or last, as a random order has it."""
    size = len(design.labels) // 2
    priority = random.random(int(design.strata.max()) + 1)[design.strata]
    single = design.strata == 0
    priority[single] = random.random(int(single.sum()))
    kept = [
        label * size + np.argsort(priority[label * size : (label + 1) * size])[:half]
        for label in (0, 1)
    ]
    return np.concatenate(kept)


def exchanged(
    design: Design,
    strata: IdArray,
    random: np.random.Generator,
    step: Callable[[], None],
    parts: Sequence[IdArray],
) -> Float64Array:
    """Differences of mean shares within each part, shape (permutations, parts)."""
    order = np.argsort(strata, kind="stable")
    differences = np.empty((PERMUTATIONS, len(parts)))
    for row in range(PERMUTATIONS):
        shuffled = np.lexsort((random.random(len(strata)), strata))
        labels = np.empty_like(design.labels)
        labels[order] = design.labels[shuffled]
        shares = design.shares(labels)
        for column, part in enumerate(parts):
            differences[row, column] = (
                shares[part][labels[part] == 1].mean() - shares[part][labels[part] == 0].mean()
            )
        step()
    return differences


def two_sided(observed: float, permuted: Float64Array) -> float:
    """Share of the exchanges, the observed one among them, that lie as far from their mean."""
    center = (permuted.sum() + observed) / (len(permuted) + 1)
    as_far = np.abs(permuted - center) >= abs(observed - center) * (1.0 - 1e-9)
    return float((1 + np.count_nonzero(as_far)) / (len(permuted) + 1))
