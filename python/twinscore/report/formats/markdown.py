"""A result as Markdown, for the description of a change or a summary of continuous integration."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from twinscore.base.printable import printable
from twinscore.report.figures import as_sure_as, interval_of, p_value_text
from twinscore.report.first_screen import bars_of, findings_of, gaps_of
from twinscore.report.formats.brief import sides_of
from twinscore.report.kinds import kinds_by_loss
from twinscore.report.slice_fact_words import slice_fact_words
from twinscore.report.view_words import HEADINGS, NAMES, shown_views
from twinscore.scoring.result import ScoreResult
from twinscore.scoring.verdict import SIGNIFICANT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twinscore.scoring.estimate import Estimate

KINDS = 5


def markdown_text(result: Estimate) -> str:
    """Write what the first screen says: bars, findings, images to look at next, cautions."""
    return "\n".join(_lines(result)) + "\n"


def _lines(result: Estimate) -> Iterator[str]:
    yield f"### {_plain(sides_of(result))}"
    yield ""
    if isinstance(result, ScoreResult):
        yield from _whole(result)
    else:
        low, high = interval_of(result)
        score, least, most = (as_sure_as(value, (low, high)) for value in (result.score, low, high))
        yield f"**Indistinguishability {score}**, all images would score {least} to {most}"
        yield ""
        yield result.verdict
    if result.warnings:
        yield ""
        yield "<details><summary>Cautions</summary>"
        yield ""
        yield from (f"- {_plain(warning)}" for warning in result.warnings)
        yield ""
        yield "</details>"


def _whole(result: ScoreResult) -> Iterator[str]:
    bars = [(bar.name, f"**{bar.figure}**", bar.remark) for bar in bars_of(result)]
    yield from _table(("", "", f"{result.n_real:,} real, {result.n_synthetic:,} synthetic"), bars)
    for finding in findings_of(result):
        yield ""
        yield _plain(finding)
    if result.views is not None:
        yield ""
        yield from _views(result)
    if result.p_value <= SIGNIFICANT:
        yield ""
        headings = ("", "Look at", "Nearest real image", "Stands for")
        rows = [
            (str(number), kind.name, kind.nearest_real, kind.weight)
            for number, kind in enumerate(kinds_by_loss(result)[:KINDS], start=1)
        ]
        yield from _table(headings, rows)
    for gap in gaps_of(result):
        yield ""
        yield _plain(gap)
    if result.slices:
        yield ""
        yield from _slices(result, "Slice")
    for name, of_view in (result.views or {}).items():
        if of_view.slices and of_view.slices != result.slices:
            yield ""
            yield from _slices(of_view, f"Slice of {NAMES[name]}")


def _views(result: ScoreResult) -> Iterator[str]:
    rows = [
        (f"class {row.name}" if row.is_class else row.name, *row.cells, row.standing)
        for row in shown_views(result)
    ]
    yield from _table(("", *HEADINGS, ""), rows)


def _slices(result: ScoreResult, heading: str) -> Iterator[str]:
    counted = "Groups" if result.groups and heading != "Slice" else "Images"
    headings = (heading, counted, "Score", "95% interval", "p, corrected", "", "Renders are")
    rows = [
        (
            f"{part.column}: {part.value}",
            f"{part.n_synthetic:,}",
            as_sure_as(part.score, part.interval),
            f"{part.interval[0]:.2f} to {part.interval[1]:.2f}",
            p_value_text(part.adjusted_p_value),
            "worse than the rest" if part.worse else "",
            "; ".join(slice_fact_words(part, most=1)),
        )
        for part in result.slices
    ]
    yield from _table(headings, rows)


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    for cells in (headings, ["---"] * len(headings), *rows):
        yield "| " + " | ".join(_plain(cell, bold=True) for cell in cells) + " |"


def _plain(text: str, *, bold: bool = False) -> str:
    """Write text so that Markdown shows it as it is; bold marks of our own stay in tables."""
    shown = html.escape(printable(text), quote=False)
    if bold and (marked := re.fullmatch(r"\*\*([\d.]*)\*\*", shown)):
        return f"**{marked[1]}**" if marked[1] else ""
    return re.sub(r"([\\`*_\[\]|~#])", r"\\\1", shown)
