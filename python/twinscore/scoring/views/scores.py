"""What is known of each view, and of each class of objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

import numpy as np

from twinscore.base.json_values import json_value
from twinscore.images.views.settings import ITEMS
from twinscore.measures.multiple_tests import holm
from twinscore.scoring.verdict import SIGNIFICANT, TOO_WIDE
from twinscore.scoring.views.object_words import object_sentences

if TYPE_CHECKING:
    from twinscore.embedding.object_counts import ObjectCounts
    from twinscore.images.views.settings import ViewSettings
    from twinscore.measures.closeness import Closeness
    from twinscore.measures.judge import Judge
    from twinscore.measures.object_gaps import ObjectGap


class ViewResult(Protocol):
    """The whole result of a view."""

    @property
    def verdict(self) -> str:
        """What it says in one sentence."""


Result = TypeVar("Result", bound=ViewResult)

MOST_CLASSES = 40
"""Classes that are scored apart, those with the most objects; a correction for more hides all."""

LARGELY = 0.75
"""Score from which on a view that is told apart still passes largely."""

PARTLY = 0.25
"""Score from which on it passes in part."""


class Standing(Enum):
    """How a view stands beside reality."""

    PASSES = "passes"
    LARGELY = "largely passes"
    PARTLY = "passes in part"
    FAILS = "does not pass"
    COPIES = "nearer than a perfect twin"
    TOO_FEW = "too few to tell"


@dataclass(frozen=True, slots=True)
class ViewScore:
    """The score of one view, or of the items of one class.

    Attributes
    ----------
    view
        One of `VIEWS`.
    class_name
        Of items; None for all that the view shows.
    n_real, n_synthetic
        Pictures on each side.
    groups
        Groups on each side, as in `ScoreResult`.
    standing
        What that comes to, corrected for the number of views and classes.
    score, interval, null_interval, reverse_score, overlap, judge, closeness
        As in `ScoreResult`; None where there are too few pictures to score.
    p_value, adjusted_p_value
        How often chance alone makes any of the tests of the verdict find as much, and the same
        corrected for the number of views and classes (Holm 1979).
    """

    view: str
    class_name: str | None
    n_real: int
    n_synthetic: int
    groups: dict[str, int] | None = None
    standing: Standing = Standing.TOO_FEW
    score: float | None = None
    interval: tuple[float, float] | None = None
    null_interval: tuple[float, float] | None = None
    reverse_score: float | None = None
    overlap: float | None = None
    judge: Judge | None = None
    closeness: Closeness | None = None
    p_value: float | None = None
    adjusted_p_value: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as JSON types."""
        values = {**asdict(self), "standing": self.standing.value}
        return {name: json_value(value) for name, value in values.items()}


@dataclass(frozen=True, slots=True, eq=False)
class Views(Mapping[str, Result], Generic[Result]):
    """The results of several views by their names, and what they say together.

    Attributes
    ----------
    results
        Of each view that has enough pictures, a whole result: ``views["items"].score``.
    table
        A row for each class of items, the one with the most objects first, then for each view.
    counts
        By side, what was found of objects, and what was left out.
    notes
        What the reader should know before trusting the rows.
    gaps
        How the sides differ in what objects they show, where, how large and how many; the most
        different first.
    cut
        How objects were cut out; None where nothing was cut out for these results.
    """

    results: dict[str, Result]
    table: tuple[ViewScore, ...]
    counts: dict[str, ObjectCounts] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    gaps: tuple[ObjectGap, ...] = ()
    cut: ViewSettings | None = None

    def __getitem__(self, name: str) -> Result:
        """Return the result of a view."""
        return self.results[name]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names of the views that have a result."""
        return iter(self.results)

    def __len__(self) -> int:
        """Return the number of views that have a result."""
        return len(self.results)

    @property
    def rows(self) -> tuple[ViewScore, ...]:
        """The rows of whole views."""
        return tuple(row for row in self.table if row.class_name is None)

    @property
    def classes(self) -> tuple[ViewScore, ...]:
        """The rows of classes of items."""
        return tuple(row for row in self.table if row.class_name is not None)

    @property
    def verdict(self) -> str:
        """What the views say together, in one sentence."""
        return sentence_of(self.rows)

    def to_dict(self) -> dict[str, Any]:
        """Return the value of ``views`` in `result.json`: the figures of each view by its name."""
        views = {row.view: row.to_dict() for row in self.rows}
        for name, result in self.results.items():
            views[name]["verdict"] = result.verdict
            # A result of a sample has none.
            domain = getattr(result, "domain", None)
            if domain is not None:
                views[name]["domain"] = json_value(domain)
            slices = getattr(result, "slices", ())
            if slices:
                views[name]["slices"] = [json_value(part) for part in slices]
        if ITEMS in views:
            views[ITEMS]["classes"] = [row.to_dict() for row in self.classes]
        return views

    def objects_to_dict(self) -> dict[str, Any]:
        """Return the value of ``objects`` in `result.json`: what was found on each side."""
        return {
            "verdict": self.verdict,
            "notes": list(self.notes),
            "differences": object_sentences(self.gaps),
            "facts": [json_value(gap) for gap in self.gaps],
            "cut": None if self.cut is None else self.cut.cut_to_dict(),
            **{side: json_value(counts) for side, counts in self.counts.items()},
        }


def with_standings(rows: list[ViewScore]) -> tuple[ViewScore, ...]:
    """Correct the p-values of all rows for their number, and say how each row stands."""
    p_values = np.array([np.nan if row.p_value is None else row.p_value for row in rows])
    adjusted = holm(p_values).tolist()
    return tuple(
        row
        if row.p_value is None
        else replace(row, adjusted_p_value=value, standing=_standing_of(row, value))
        for row, value in zip(rows, adjusted, strict=True)
    )


def _standing_of(row: ViewScore, adjusted: float) -> Standing:
    assert row.score is not None
    assert row.null_interval is not None
    if adjusted > SIGNIFICANT:
        return Standing.TOO_FEW if row.null_interval[0] < TOO_WIDE else Standing.PASSES
    if row.standing is Standing.COPIES:
        return Standing.COPIES
    if row.score >= LARGELY:
        return Standing.LARGELY
    return Standing.PARTLY if row.score >= PARTLY else Standing.FAILS


_SUBJECTS = {
    "items": ("the objects", True),
    "in-place": ("the objects in their place", True),
    "environment": ("the world around them", False),
    "scenes": ("the whole scenes", True),
}
"""What each view shows, and whether it is many."""

_ALONE = {"environment": ("the world around the objects", False)}
"""The same where no other view says what "them" is."""

_VERBS = {
    Standing.PASSES: ("pass", "passes"),
    Standing.LARGELY: ("largely pass", "largely passes"),
    Standing.PARTLY: ("pass in part", "passes in part"),
    Standing.FAILS: ("do not", "does not"),
    Standing.COPIES: ("lie nearer than a perfect twin", "lies nearer than a perfect twin"),
    Standing.TOO_FEW: ("are too few to tell", "is too little to tell"),
}
_FAILS_FIRST = ("do not pass", "does not pass")


def sentence_of(rows: tuple[ViewScore, ...]) -> str:
    """Say how the views stand, one beside the other.

    Examples
    --------
    >>> passing = ViewScore("items", None, 90, 90, Standing.PASSES, 0.97)
    >>> failing = ViewScore("environment", None, 90, 90, Standing.FAILS, 0.12)
    >>> sentence_of((passing, failing))
    'The objects pass (0.97), the world around them does not (0.12).'
    """
    parts: list[str] = []
    has_objects = False
    for row in rows:
        subject, is_many = (
            _SUBJECTS[row.view] if has_objects else _ALONE.get(row.view, _SUBJECTS[row.view])
        )
        has_objects = has_objects or row.view in ("items", "in-place")
        # "does not" leans on a verb that was said before.
        leans = any(" pass" in part for part in parts)
        verbs = _VERBS[row.standing]
        if row.standing is Standing.FAILS and not leans:
            verbs = _FAILS_FIRST
        figure = "" if row.score is None else f" ({max(row.score, 0.0):.2f})"
        parts.append(f"{subject} {verbs[0] if is_many else verbs[1]}{figure}")
    sentence = ", ".join(parts)
    return sentence[:1].upper() + sentence[1:] + "."
