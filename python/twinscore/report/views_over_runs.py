"""The scores of views over many runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twinscore.comparison.view_differences import rows_of
from twinscore.report.view_words import view_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def views_over_runs(
    runs: Sequence[Mapping[str, Any]],
) -> list[tuple[str, list[float | None]]]:
    """Return name and score in each run of the views and classes that any run knows.

    Parameters
    ----------
    runs
        The fields of `result.json` of each.

    Returns
    -------
    list of (name, scores)
        Whole views first; None where a run does not know one.
    """
    scores: dict[tuple[str, str | None], dict[int, float | None]] = {}
    for number, run in enumerate(runs):
        for key, row in rows_of(run.get("views")):
            scores.setdefault(key, {})[number] = row.get("score")
    keys = sorted(scores, key=lambda key: key[1] is not None)
    return [
        (view_name(*key), [scores[key].get(number) for number in range(len(runs))]) for key in keys
    ]
