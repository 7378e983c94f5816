"""What a search for repairs has found: the sides as they stand, and each fact made alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from twinscore.images.facts.catalog import FACT_NAMES
from twinscore.measures.fact_gaps import fact_gaps

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from twinscore.graph.pool import Pool
    from twinscore.images.alterations.catalog import Step
    from twinscore.measures.fact_gaps import FactGap
    from twinscore.scoring.explanation.records import Control, Figures, Interval

FLOOR = 0.1
"""Score of a sample below which a single repair of several may show nothing yet."""

MUCH_NEARER = 0.8
"""Share of the distance that such a repair leaves at most."""


@dataclass(frozen=True, slots=True, eq=False)
class Situation:
    """Both sides as they stand after some alterations.

    Attributes
    ----------
    points, facts
        Of the sample.
    steps
        By side, what was done to it.
    """

    points: Pool
    facts: npt.NDArray[np.float32]
    steps: dict[str, tuple[Step, ...]]

    def gaps(self) -> tuple[FactGap, ...]:
        """Compare the sides in each fact."""
        return fact_gaps(FACT_NAMES, self.facts, self.points.is_real, self.points.units)


@dataclass(frozen=True, slots=True)
class Trial:
    """A fact that was made alike, and what came of it.

    Attributes
    ----------
    gap
        The fact before.
    side, step
        What was altered, and how.
    before, after
        Figures of the sample.
    gain
        95 % interval of the difference of the scores.
    sure_gain
        The same over more neighbors and both sides: chance moves it less.
    nearness
        Share of the distance between the sides that is left.
    control
        Of the alteration.
    """

    gap: FactGap
    side: str
    step: Step
    before: Figures
    after: Figures
    gain: Interval
    sure_gain: Interval
    nearness: float
    control: Control

    @property
    def is_repair(self) -> bool:
        """Whether the score rises, by more than chance in the surer figure."""
        return self.after.score > self.before.score and self.sure_gain[0] > 0.0

    @property
    def may_be_repair(self) -> bool:
        """Whether the score alone rises by more than chance, which more images might confirm."""
        return self.gain[0] > 0.0

    @property
    def may_need_another(self) -> bool:
        """Whether the score is on its floor, where only one more repair can show a gain."""
        return self.before.score < FLOOR and self.nearness < MUCH_NEARER


@dataclass(slots=True)
class Findings:
    """All that a search has found so far.

    Attributes
    ----------
    gaps
        As the sides are.
    figures
        Of the sample as it is.
    trials
        Those that are kept, in order, each on top of those before.
    fruitless
        Facts that were made alike and brought nothing, as they were then, each with the others
        that became alike with it.
    unsure
        Trials in which the score rose and the surer figure did not, each as `fruitless`.
    left
        Facts that differ after all trials.
    interrupted
        Whether it was stopped with more to try.
    exhausted
        Whether it may embed no more images, with more to try.
    """

    gaps: tuple[FactGap, ...]
    figures: Figures
    trials: list[Trial] = field(default_factory=list)
    fruitless: list[tuple[FactGap, frozenset[str]]] = field(default_factory=list)
    unsure: list[tuple[Trial, frozenset[str]]] = field(default_factory=list)
    left: tuple[FactGap, ...] = ()
    interrupted: bool = False
    exhausted: bool = False
