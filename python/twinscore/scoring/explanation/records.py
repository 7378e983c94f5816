"""What an explanation holds."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twinscore.base.json_values import json_value

if TYPE_CHECKING:
    from twinscore.measures.fact_gaps import FactGap

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Figures:
    """What a sample of both sides scores.

    Attributes
    ----------
    score, interval
        As in `ScoreResult`.
    reverse_score
        The same from the real side.
    judge
        Accuracy of the impartial judge; 0.5 is guessing.
    """

    score: float
    interval: Interval
    reverse_score: float
    judge: float


@dataclass(frozen=True, slots=True)
class Control:
    """Two unlike halves of the photographs, scored against each other.

    What makes them much more alike takes away more than one fact.

    Attributes
    ----------
    before, after
        Their score, as they are and altered like the side that was altered.
    destroys
        Whether it rose so far that the alteration is no repair.
    """

    before: float
    after: float
    destroys: bool


@dataclass(frozen=True, slots=True)
class Repair:
    """One fact made alike on both sides, on top of the repairs before it.

    Attributes
    ----------
    fact
        Its name, such as "noise".
    before, after
        Score of the sample without it and with it.
    gain
        95 % interval of their difference.
    sure_gain
        The same for the mean of score and reverse score over three neighbors or more, which chance
        moves less: a repair is named where this lies above 0 and the score rises.
    altered
        The side that was altered to be like the other: "real" or "synthetic".
    strength
        Of the alteration, in its own unit.
    real, synthetic
        Median of the fact on each side before.
    figures_before, figures_after
        Score, its interval, reverse score and judge.
    control
        Of the alteration.
    sentence
        For people: what is different, what it would bring, what to do.
    """

    fact: str
    before: float
    after: float
    gain: Interval
    sure_gain: Interval
    altered: str
    strength: float
    real: float
    synthetic: float
    figures_before: Figures
    figures_after: Figures
    control: Control
    sentence: str


@dataclass(frozen=True, slots=True)
class Harmless:
    """A fact in which the sides differ, and whose repair alone raises the score by nothing.

    Attributes
    ----------
    fact
        Its name.
    real, synthetic
        Its medians.
    sentence
        For people.
    """

    fact: str
    real: float
    synthetic: float
    sentence: str


@dataclass(frozen=True, slots=True)
class JudgeSees:
    """Something that goes with the judge's verdict on renders.

    Attributes
    ----------
    kind, name, value, strength
        As of `JudgeClue`.
    sentence
        For people.
    """

    kind: str
    name: str
    value: str
    strength: float
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What sets the sides apart in a few words, and how much of the gap each repair closes.

    Attributes
    ----------
    repairs
        The strongest first; each on top of those before it.
    harmless
        Facts that differ and whose repair brings nothing, alone or after those above.
    facts
        Every fact of both sides, compared.
    figures
        Of the sample as it is.
    images
        Images of each side in the sample, real and synthetic; 0 where no repair was tried.
    judge
        What goes with the verdict of the judge, the strongest first; nothing within chance.
    rest
        What is left once all is repaired, in one sentence.
    interrupted
        Whether it was stopped before all was tried.
    """

    repairs: tuple[Repair, ...]
    harmless: tuple[Harmless, ...]
    facts: tuple[FactGap, ...]
    figures: Figures | None
    images: tuple[int, int]
    rest: str
    interrupted: bool
    judge: tuple[JudgeSees, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """All that is to be said, what matters most first."""
        return (
            *(repair.sentence for repair in self.repairs),
            self.rest,
            *(fact.sentence for fact in self.harmless),
            *(clue.sentence for clue in self.judge),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON types."""
        values = {item.name: getattr(self, item.name) for item in dataclasses.fields(self)}
        return {name: json_value(value) for name, value in values.items()}

    def to_json(self) -> str:
        """Return the text of `explanation.json`."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
