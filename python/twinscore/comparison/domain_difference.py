"""Two synthetic sets against one declared domain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twinscore.comparison.independent import independent_difference
from twinscore.comparison.result import DomainDifference

if TYPE_CHECKING:
    from collections.abc import Mapping

OTHER_DOMAIN = (
    "the two results were held against different domains: how these are met is not compared"
)


def domain_difference(
    first: Mapping[str, Any] | None, second: Mapping[str, Any] | None
) -> DomainDifference | None:
    """Compare what two results say of their domain, as `result.json` holds it.

    Intervals of the scores in the declared mix are joined as if they were independent: rather too
    wide than too narrow, for both rest on the same real images.

    Returns
    -------
    None where one of them has no domain, or they were declared differently.
    """
    if not first or not second or first["declaration"] != second["declaration"]:
        return None
    scores = [side["target_score"] for side in (first, second)]
    intervals = [side["target_interval"] for side in (first, second)]
    interval = p_value = None
    if all(score is not None for score in scores) and all(intervals):
        interval, p_value = independent_difference(
            scores[0], tuple(intervals[0]), scores[1], tuple(intervals[1])
        )
    return DomainDifference(
        file=str(second["file"]),
        match_first=float(first["match"]),
        match_second=float(second["match"]),
        score_first=scores[0],
        score_second=scores[1],
        interval=interval,
        p_value=p_value,
    )


def differently_declared(first: Mapping[str, Any] | None, second: Mapping[str, Any] | None) -> bool:
    """Tell whether both have a domain, and not the same."""
    return bool(first and second) and first["declaration"] != second["declaration"]  # type: ignore[index]
