"""How far figures agree with accuracies over the rungs of a ladder, for `bench/validation.py`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import rankdata

from twinscore.scoring.score_range import FLOOR as AT_FLOOR
from validation_figures import DISTANCES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twinscore.base.arrays import BoolArray, Float64Array, IdArray
    from validation_record import Cell

RESAMPLES = 2_000
BELOW = 10.0
"""Puts the companion below every score."""

APART = 0.03
"""Difference of two accuracies from which on their order counts."""

FLOOR = 0.03
"""Of a figure that a perfect twin brings to 1."""

FEWEST_RUNGS = 5

SCORE, COMPANION = "S, k = 1", "closeness"
AS_SHOWN = f"{SCORE}, below {AT_FLOOR} {COMPANION}"
"""As people read both: the score, and at its floor the companion, which ranks below it."""

MODELS = ("probe", "network")


@dataclass(frozen=True)
class Standing:
    """The rungs of one ladder.

    Attributes
    ----------
    accuracies
        By model, shape (seeds, rungs).
    figures
        By name, shape (seeds, rungs), larger is better.
    """

    ladder: str
    rungs: tuple[str, ...]
    directions: tuple[str, ...]
    accuracies: dict[str, Float64Array]
    figures: dict[str, Float64Array]

    def draws(self) -> IdArray:
        """Draw the rungs anew; shape (resamples, rungs)."""
        random = np.random.default_rng(0)
        return random.integers(len(self.rungs), size=(RESAMPLES, len(self.rungs)))

    def agreement(self, figure: str, model: str) -> tuple[float, Float64Array]:
        """Return Spearman's rho of the means over seeds, and those of rungs drawn anew."""
        values, accuracy = self.figures[figure].mean(axis=0), self.accuracies[model].mean(axis=0)
        rows = self.draws()
        return (
            float(spearman(values[None], accuracy[None])[0]),
            spearman(values[rows], accuracy[rows]),
        )

    def ordered_pairs(self, figure: str, model: str) -> PairCounts:
        """Count pairs of rungs whose accuracies differ, by how the figure puts them."""
        accuracy = self.accuracies[model].mean(axis=0)
        first, second = np.nonzero(accuracy[:, None] - accuracy[None] >= APART)
        values = self.figures[figure]
        higher = values[:, first] - values[:, second]
        mean = higher.mean(axis=0)
        return PairCounts(
            len(first),
            float(np.count_nonzero(mean > 0.0) + 0.5 * np.count_nonzero(mean == 0.0)),
            int(np.count_nonzero((higher > 0.0).all(axis=0))),
            int(np.count_nonzero((higher < 0.0).all(axis=0))),
        )

    def at_floor(self, figure: str) -> BoolArray | None:
        """Tell which rungs lie at the floor of a figure; None where it has none."""
        if figure in DISTANCES or figure == AS_SHOWN:
            return None
        top = 0.5 if figure.endswith("wrong") else 1.0
        return np.asarray(self.figures[figure].mean(axis=0) <= FLOOR * top)


@dataclass(frozen=True)
class PairCounts:
    """Pairs of rungs whose accuracies differ.

    Attributes
    ----------
    rightly
        Put in the right order by the mean over seeds; a tie is half.
    surely, wrongly
        Put in the right, or in the wrong order by every seed.
    """

    pairs: int
    rightly: float
    surely: int
    wrongly: int


def spearman(first: Float64Array, second: Float64Array) -> Float64Array:
    """Correlate ranks, row by row; 0 where all values of a row are equal."""
    ranks = [rankdata(values, axis=1) for values in (first, second)]
    centered = [values - values.mean(axis=1, keepdims=True) for values in ranks]
    products = (centered[0] * centered[1]).sum(axis=1)
    sizes = np.sqrt(np.square(centered[0]).sum(axis=1) * np.square(centered[1]).sum(axis=1))
    return np.asarray(products / np.where(sizes > 0.0, sizes, 1.0))


def standings(cells: Sequence[Cell]) -> list[Standing]:
    """Put the cells of each ladder in order; seeds that lack rungs of others are left out."""
    found = []
    for ladder in dict.fromkeys(cell.ladder for cell in cells):
        own = {(cell.rung, cell.seed): cell for cell in cells if cell.ladder == ladder}
        rungs = list(dict.fromkeys(rung for rung, _ in own))
        seeds = [
            seed
            for seed in sorted({seed for _, seed in own})
            if all((rung, seed) in own for rung in rungs)
        ]
        if not seeds or len(rungs) < FEWEST_RUNGS:
            continue
        table = [[own[rung, seed] for rung in rungs] for seed in seeds]
        figures = {
            name: np.array([[_upward(cell, name) for cell in row] for row in table])
            for name in table[0][0].figures
        }
        score, companion = figures[SCORE], figures[COMPANION]
        figures[AS_SHOWN] = np.where(score < AT_FLOOR, companion - BELOW, score)
        found.append(
            Standing(
                ladder,
                tuple(rungs),
                tuple(cell.direction for cell in table[0]),
                {
                    model: np.array([[getattr(cell, model) for cell in row] for row in table])
                    for model in MODELS
                },
                figures,
            )
        )
    return found


def _upward(cell: Cell, figure: str) -> float:
    value = cell.figures[figure]
    return -value if figure in DISTANCES else value
