"""Views of annotated images in two synthetic sets, side by side."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.comparison.closeness_difference import closeness_difference
from twinscore.comparison.independent import independent_difference
from twinscore.measures.multiple_tests import holm

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from twinscore.comparison.closeness_difference import ClosenessDifference


@dataclass(frozen=True, slots=True)
class ViewDifference:
    """How one view, or the items of one class, moved; second less first.

    Attributes
    ----------
    view
        Such as "items" or "environment".
    class_name
        Of items; None for all that the view shows.
    first, second, difference
        Scores of both sets, and second less first.
    interval, p_value
        95 % and two-sided, from the intervals of both as if they were independent (MOVER, Zou and
        Donner 2008): rather too wide than too narrow, as both sets share the real images.
    adjusted_p_value
        Corrected for the number of views and classes (Holm 1979).
    closeness
        Of both sets; None where one has none.
    """

    view: str
    class_name: str | None
    first: float
    second: float
    difference: float
    interval: tuple[float, float]
    p_value: float
    adjusted_p_value: float
    closeness: ClosenessDifference | None = None


def view_differences(
    first: Mapping[str, Any] | None, second: Mapping[str, Any] | None
) -> tuple[ViewDifference, ...]:
    """Compare the views that two results have in common.

    Parameters
    ----------
    first, second
        The key `views` of `result.json`.

    Returns
    -------
    tuple of ViewDifference
        Classes before the views that they are of, in the order of the second result; empty where
        one has no views.
    """
    before = {key: row for key, row in rows_of(first) if row.get("score") is not None}
    found = [
        _difference(key, before[key], row)
        for key, row in rows_of(second)
        if key in before and row.get("score") is not None
    ]
    adjusted = holm(np.array([row.p_value for row in found], dtype=np.float64)).tolist()
    return tuple(
        replace(row, adjusted_p_value=value) for row, value in zip(found, adjusted, strict=True)
    )


def rows_of(
    views: Mapping[str, Any] | None,
) -> Iterator[tuple[tuple[str, str | None], Mapping[str, Any]]]:
    """Iterate over the rows of saved views by view and class, classes first."""
    for view, figures in (views or {}).items():
        for row in figures.get("classes") or ():
            yield (view, row["class_name"]), row
        yield (view, None), figures


def _difference(
    key: tuple[str, str | None], first: Mapping[str, Any], second: Mapping[str, Any]
) -> ViewDifference:
    scores = float(first["score"]), float(second["score"])
    intervals = [(float(row["interval"][0]), float(row["interval"][1])) for row in (first, second)]
    interval, p_value = independent_difference(scores[0], intervals[0], scores[1], intervals[1])
    return ViewDifference(
        *key,
        *scores,
        scores[1] - scores[0],
        interval,
        p_value,
        p_value,
        closeness_difference(first.get("closeness"), second.get("closeness")),
    )
