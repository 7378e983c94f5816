"""What a comparison finds."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from twinscore.base.json_values import json_value

if TYPE_CHECKING:
    from twinscore.comparison.closeness_difference import ClosenessDifference
    from twinscore.comparison.fact_changes import FactChange
    from twinscore.comparison.richness_differences import RichnessDifference
    from twinscore.comparison.view_differences import ViewDifference

SIGNIFICANT = 0.05


@dataclass(frozen=True, slots=True)
class SliceDifference:
    """The difference within one slice of the synthetic images.

    Attributes
    ----------
    slice
        Column and value.
    n_first, n_second
        Images of each set in it.
    first, second, difference
        Scores of these images among all candidates, and second less first.
    p_value, adjusted_p_value
        Two-sided, and after Holm's correction for the number of slices; NaN where the slice is
        too small for a test.
    """

    slice: str
    n_first: int
    n_second: int
    first: float
    second: float
    difference: float
    p_value: float
    adjusted_p_value: float


@dataclass(frozen=True, slots=True)
class MovedImage:
    """One scene in both sets.

    Attributes
    ----------
    first, second
        Its names.
    giveaway_first, giveaway_second
        Distance to the nearest real image over that to the nearest image, in each set.
    change
        Natural logarithm of their ratio: below 0, it gives itself away less than before.
    """

    first: str
    second: str
    giveaway_first: float
    giveaway_second: float
    change: float


@dataclass(frozen=True, slots=True)
class DomainDifference:
    """How both sets fit one declared domain.

    Attributes
    ----------
    file
        Where it was declared.
    match_first, match_second
        Share of images that are where they were wanted.
    score_first, score_second
        In the declared mix; None where it could not be told.
    interval, p_value
        Of second less first; None without both scores.
    """

    file: str
    match_first: float
    match_second: float
    score_first: float | None
    score_second: float | None
    interval: tuple[float, float] | None
    p_value: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two synthetic sets against one real set; differences are second less first.

    Attributes
    ----------
    first_name, second_name
        What the sets are called.
    first, second
        Their scores: at equal size where both sets were at hand, else as they were saved.
    difference, interval, p_value
        Second less first, 95 % interval and two-sided p-value.
    n_real, n_first, n_second
        Images compared, or groups where images carry them.
    pairs
        Images (or groups) of one name in both sets, which were compared with each other.
    method
        How interval and p-value were made, in a sentence.
    slices
        Differences per slice.
    moved
        Images of one name in both sets, those that moved most first.
    richness
        Coverage, on-domain share and worth of both sets, each with all its images; empty where
        one has none.
    closeness
        Of both sets, each with all its images: goes on moving where both scores are at their
        floor; None where one has none.
    domain
        How both fit a declared domain; None where none was declared, or not the same.
    warnings
        What to know before trusting the difference.
    facts
        What became better and worse in the images: noise, colours, ...
    views
        Of annotated images: objects, the world around them, whole scenes; empty where one set has
        none.
    """

    first_name: str
    second_name: str
    first: float
    second: float
    difference: float
    interval: tuple[float, float]
    p_value: float
    n_real: int
    n_first: int
    n_second: int
    pairs: int
    method: str
    slices: tuple[SliceDifference, ...] = ()
    moved: tuple[MovedImage, ...] = ()
    richness: tuple[RichnessDifference, ...] = ()
    closeness: ClosenessDifference | None = None
    domain: DomainDifference | None = None
    warnings: tuple[str, ...] = ()
    facts: tuple[FactChange, ...] = ()
    views: tuple[ViewDifference, ...] = ()

    @property
    def is_worse(self) -> bool:
        """Whether the second set scores lower than the first by more than chance."""
        return self.difference < 0.0 and self.p_value < SIGNIFICANT

    @property
    def is_better(self) -> bool:
        """Whether the second set scores higher than the first by more than chance."""
        return self.difference > 0.0 and self.p_value < SIGNIFICANT

    @property
    def verdict(self) -> str:
        """One sentence."""
        if self.is_better:
            return "The second set is harder to tell from the real images than the first."
        if self.is_worse:
            return "The second set is easier to tell from the real images than the first."
        return "No difference found beyond chance."

    def to_dict(self) -> dict[str, Any]:
        """Return JSON types; what is not finite becomes None."""
        values = {field.name: json_value(getattr(self, field.name)) for field in fields(self)}
        return {**values, "verdict": self.verdict}

    def to_json(self) -> str:
        """Return the text of `comparison.json`."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
