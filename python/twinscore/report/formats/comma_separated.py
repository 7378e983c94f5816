"""A result as rows of CSV: all images, each slice, and each view of annotated images."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from twinscore.base.printable import printable
from twinscore.report.figures import interval_of
from twinscore.scoring.result import ScoreResult

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.scoring.estimate import Estimate
    from twinscore.scoring.views.scores import ViewScore

HEADINGS = (
    "column",
    "value",
    "n_real",
    "n_synthetic",
    "score",
    "interval_low",
    "interval_high",
    "overlap",
    "p_value",
)


def csv_text(result: Estimate) -> str:
    """Write headings, and rows of the whole, of slices and of views; what is not known is empty.

    The row of the whole has neither column nor value; a view has the column "view", the items of a
    class the column "class".
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADINGS)
    writer.writerows(_rows(result))
    return text.getvalue()


def _rows(result: Estimate) -> Iterator[tuple[object, ...]]:
    whole = result if isinstance(result, ScoreResult) else None
    yield (
        "",
        "",
        result.n_real,
        result.n_synthetic,
        result.score,
        *interval_of(result),
        result.overlap,
        "" if whole is None else whole.p_value,
    )
    for part in () if whole is None else whole.slices:
        yield (
            printable(part.column),
            printable(part.value),
            result.n_real,
            part.n_synthetic,
            part.score,
            *part.interval,
            part.overlap,
            part.p_value,
        )
    for row in () if whole is None or whole.views is None else whole.views.table:
        yield (
            "view" if row.class_name is None else "class",
            printable(row.view if row.class_name is None else row.class_name),
            row.n_real,
            row.n_synthetic,
            *("" if value is None else value for value in _figures(row)),
        )


def _figures(row: ViewScore) -> tuple[float | None, ...]:
    low, high = row.interval or (None, None)
    return row.score, low, high, row.overlap, row.p_value
