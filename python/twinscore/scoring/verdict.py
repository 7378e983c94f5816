"""A score in one sentence, from all that looked for a difference."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

from twinscore.measures.multiple_tests import holm

if TYPE_CHECKING:
    from twinscore.base.arrays import Float64Array
    from twinscore.measures.judge import Judge
    from twinscore.measures.spread import Spread

SIGNIFICANT = 0.05
NOTHING_PASSES = 0.05
TOO_WIDE = 0.5
"""A range of perfect twins that reaches below this leaves nothing to tell."""

FEWEST_LABELLINGS = 200
"""With fewer ways to label the units, no p-value is below 0.05 once corrected for five tests."""

LOPSIDED = 4.0
"""Where one direction of the score is so many times as far from 1, it alone decides."""

ELSEWHERE = 0.75
"""Where the judge is right so often, the sides lie in other places, whatever their spread."""


class Case(Enum):
    """What can be said of two sides; the table in docs/statistics.md has a row for each."""

    TOO_FEW = "too few"
    NO_DIFFERENCE = "no difference"
    TOLD_APART = "told apart"
    NOTHING_PASSES = "nothing passes"
    PARTLY = "partly"
    WIDER = "wider"
    NARROWER = "narrower"
    COPIES = "copies"
    TOO_HIGH = "too high"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What looked for a difference, and what it found.

    Attributes
    ----------
    score, overlap, null_interval
        As in `ScoreResult`.
    reverse_score
        None where it was not looked at.
    low_score, pair, copies
        How often chance alone scores this low, gives a pair of score and reverse score this far
        off, and puts as many of the tightest pairs on both sides; None for what was not looked at.
    judge
        The impartial judge.
    spread
        Of both sides around their common center; None where it was not looked at.
    hub_labels
        How many labels decide the score, where hubs let so few decide that no interval holds.
    units
        Real and synthetic ones, groups or images; None where no labels were drawn anew.
    """

    score: float
    overlap: float
    null_interval: tuple[float, float]
    reverse_score: float | None
    low_score: float
    pair: float | None
    copies: float | None
    judge: Judge
    spread: Spread | None = None
    hub_labels: float | None = None
    units: tuple[int, int] | None = None

    @property
    def case(self) -> Case:
        """Say which case this is: all tests together are wrong once in twenty times."""
        low_score, pair, copies, judge, spread = (self._corrected <= SIGNIFICANT).tolist()
        if copies:
            return Case.COPIES
        if low_score or pair:
            return self._neighbors_differ()
        if self.reverse_score is None and self.score > self.null_interval[1]:
            return Case.TOO_HIGH
        if spread and self.spread is not None and self.judge.accuracy < ELSEWHERE:
            return Case.WIDER if self.spread.ratio > 1.0 else Case.NARROWER
        if judge or spread:
            return Case.PARTLY
        return Case.TOO_FEW if self._is_blind else Case.NO_DIFFERENCE

    @property
    def p_value(self) -> float:
        """How often chance alone lets any of the tests find as much, corrected for all of them."""
        return float(np.nanmin(self._corrected))

    @property
    def sentence(self) -> str:
        """Say it in one sentence."""
        hubs = "" if self.hub_labels is None else HUBS_DECIDE
        return hubs + _SENTENCES[self.case].format(
            passing=f"{self._passing:.0%}",
            low=f"{max(self.null_interval[0], 0.0):.2f}",
            high=f"{self.null_interval[1]:.2f}",
            right=f"{self.judge.accuracy:.0%}",
            judge=self._judge_clause,
            neighbors="too few images for neighbors" if self._is_blind else "neighbors look mixed",
        )

    @property
    def _is_blind(self) -> bool:
        """Whether even sides far apart could have come out like this."""
        if self.units is not None and math.comb(sum(self.units), self.units[0]) < FEWEST_LABELLINGS:
            return True
        return self.null_interval[0] < TOO_WIDE

    @property
    def _corrected(self) -> Float64Array:
        spread = None if self.spread is None else self.spread.p_value
        p_values = [self.low_score, self.pair, self.copies, self.judge.p_value, spread]
        return holm(np.array([np.nan if value is None else value for value in p_values]))

    def _neighbors_differ(self) -> Case:
        away = self.score - 1.0
        reverse_away = away if self.reverse_score is None else self.reverse_score - 1.0
        opposite = away * reverse_away < 0.0
        near, far = sorted((abs(away), abs(reverse_away)))
        is_spread = opposite and far < LOPSIDED * near and self.judge.accuracy < ELSEWHERE
        if is_spread and not self._lies_otherwise(wider=away > 0.0):
            return Case.WIDER if away > 0.0 else Case.NARROWER
        if away + reverse_away > 0.0:
            return Case.COPIES
        return Case.NOTHING_PASSES if self.score < NOTHING_PASSES else Case.TOLD_APART

    def _lies_otherwise(self, *, wider: bool) -> bool:
        """Whether the spread is beyond chance the other way: then copies move the neighbors."""
        if self.spread is None or self.spread.p_value > SIGNIFICANT:
            return False
        return self.spread.ratio < 1.0 if wider else self.spread.ratio > 1.0

    @property
    def _passing(self) -> float:
        """Share of images that could be real: no judge is right on more than half of these."""
        return max(min(self.overlap, 2.0 * (1.0 - self.judge.accuracy), 1.0), 0.0)

    @property
    def _judge_clause(self) -> str:
        if self.judge.p_value > SIGNIFICANT:
            return ""
        return f"; a judge is right on {self.judge.accuracy:.0%} of images"


HUBS_DECIDE = "Unreliable: hubs. "

_SENTENCES = {
    Case.TOO_FEW: "Too few images to tell: a perfect twin would score {low} to {high}.",
    Case.NO_DIFFERENCE: "No difference found, by neighbors or by a judge: "
    "a perfect twin would score like this.",
    Case.TOLD_APART: "Told apart: about {passing} of the synthetic images could pass for real "
    "ones{judge}.",
    Case.NOTHING_PASSES: "Told apart: almost every synthetic image can be told from the real "
    "ones{judge}.",
    Case.PARTLY: "Partly told apart: {neighbors}, but a judge is right on {right} of images.",
    Case.WIDER: "Wider than reality: the synthetic images spread beyond the real ones{judge}.",
    Case.NARROWER: "Narrower than reality: the synthetic images crowd together among the real "
    "ones{judge}.",
    Case.COPIES: "Nearer than a perfect twin: look for copies of real images, or for the same "
    "scenes on both sides{judge}.",
    Case.TOO_HIGH: "Higher than a perfect twin: look for copies of real images, or for synthetic "
    "images more varied than the real ones{judge}.",
}
