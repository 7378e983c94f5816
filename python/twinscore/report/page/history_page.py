"""history.html: the score over many runs."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twinscore.comparison.independent import independent_difference
from twinscore.comparison.object_cuts import different_cuts
from twinscore.comparison.saved import MUST_AGREE
from twinscore.comparison.shown_view import shown_view
from twinscore.measures.richness import LEAST_ON_DOMAIN
from twinscore.report.page.charts import curve
from twinscore.report.page.document import check_page_packages, render_page, write_page
from twinscore.report.views_over_runs import views_over_runs
from twinscore.scoring.result_files import RESULT_FILE

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from twinscore.scoring.saved_result import SavedResult


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a history.

    Attributes
    ----------
    name
        Of its folder.
    date
        Of its result.json.
    fields
        Of result.json.
    interval
        Of the score, where the result has one.
    change, p_value
        Of the score since the run before, None for the first one and where that shows another view
        of annotated images; the p-value takes the two
        scores as independent.
    """

    name: str
    date: str
    fields: dict[str, Any]
    interval: tuple[float, float] | None
    change: float | None
    p_value: float | None

    @property
    def coverage(self) -> float | None:
        """Of reality, where the result tells it and no domain gap hides it."""
        richness = self.fields.get("richness") or {}
        coverage, on_domain = richness.get("coverage"), richness.get("on_domain")
        if coverage is None or on_domain is None or on_domain < LEAST_ON_DOMAIN:
            return None
        return float(coverage)


def runs_of(saved: Sequence[SavedResult]) -> list[Run]:
    """Line up results in the order given, each with its step from the one before."""
    runs: list[Run] = []
    for number, result in enumerate(saved):
        change = p_value = None
        before = saved[number - 1] if number else None
        if before is not None and shown_view(before.fields) == shown_view(result.fields):
            change = result.fields["score"] - before.fields["score"]
            if before.interval is not None and result.interval is not None:
                _, p_value = independent_difference(
                    before.fields["score"],
                    before.interval,
                    result.fields["score"],
                    result.interval,
                )
        written = (result.folder / RESULT_FILE).stat().st_mtime
        date = datetime.datetime.fromtimestamp(written).astimezone()
        runs.append(
            Run(
                result.folder.name or str(result.folder),
                date.strftime("%Y-%m-%d %H:%M"),
                result.fields,
                result.interval,
                change,
                p_value,
            )
        )
    return runs


def changed_settings(runs: Sequence[Run]) -> list[str]:
    """Say which settings differ between runs, so that their scores cannot be compared."""
    found = []
    for field, meaning in MUST_AGREE.items():
        values = {str(run.fields.get(field)) for run in runs}
        if len(values) > 1:
            found.append(
                f"the runs differ in their {meaning}: {', '.join(sorted(values))}; "
                "their scores cannot be compared"
            )
    shown = sorted({shown_view(run.fields) for run in runs})
    if len(shown) > 1:
        found.append(
            f"the runs show different views: {', '.join(shown)}; compare those that they share"
        )
    cuts = different_cuts([run.fields for run in runs])
    if cuts:
        found.append(
            f"the runs cut out objects differently ({'; '.join(cuts)}): a part of what differs "
            "between their scores"
        )
    sizes = {run.fields["n_synthetic"] / run.fields["n_real"] for run in runs}
    if max(sizes) > 1.1 * min(sizes):
        found.append(
            "the runs differ in the ratio of real to synthetic images, which the score depends "
            "on: look at the overlap"
        )
    return found


def slices_over_runs(runs: Sequence[Run]) -> list[tuple[str, str, list[float | None]]]:
    """Return column, value and score in each run of the slices that several runs know."""
    scores: dict[tuple[str, str], dict[int, float]] = {}
    for number, run in enumerate(runs):
        for part in run.fields.get("slices") or []:
            scores.setdefault((part["column"], part["value"]), {})[number] = part["score"]
    return [
        (column, value, [known.get(number) for number in range(len(runs))])
        for (column, value), known in scores.items()
        if len(known) > 1
    ]


def write_history(runs: Sequence[Run], file: str | os.PathLike[str]) -> None:
    """Write a page with a curve of score and overlap, and tables of runs and slices.

    Raises
    ------
    MissingExtraError
        A package of the extra "report" is not installed.
    OSError
        The file cannot be written.
    """
    check_page_packages()
    figure = curve(
        list(range(1, len(runs) + 1)),
        [run.fields["score"] for run in runs],
        x_title="run",
        x_labels=[run.name for run in runs],
        band=[run.interval for run in runs],
        second=("overlap", [run.fields["overlap"] for run in runs]),
    )
    page = render_page(
        "history.html",
        {"charts": {"history": figure}},
        title=f"Indistinguishability Score over {len(runs)} runs",
        runs=runs,
        warnings=changed_settings(runs),
        slices=slices_over_runs(runs),
        views=views_over_runs([run.fields for run in runs]),
    )
    write_page(page, file)
