"""Records as a picture: recall against queries a second, error of the score against seconds."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from twinscore.base.extras import require

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from twinscore.cli.bench.record import Record

LEAST_ERROR = 1e-6
"""Scores without an error are drawn here, at the foot of a logarithmic axis."""

LEAST_MISSED = 1e-6
MOST_IN_A_LINE = 10


def draw(records: Sequence[Record], file: Path) -> None:
    """Write the picture, a row of two panels for each data set and k.

    Parameters
    ----------
    records
        Those that failed are left out.
    file
        .png, .svg or .pdf.
    """
    figure_module = require("matplotlib.figure", extra="bench", purpose="the picture of a bench")
    shown = [record for record in records if record.measurement is not None]
    shown.sort(key=_panel)
    rows = [(key, list(group)) for key, group in groupby(shown, _panel)]
    figure = figure_module.Figure(figsize=(11, 3.6 * max(1, len(rows))), layout="constrained")
    axes = figure.subplots(max(1, len(rows)), 2, squeeze=False)
    families = sorted({_family(record) for record in shown}, key=_family_rank)
    colors = {family: f"C{number}" for number, family in enumerate(families)}
    for ((data, rows_count, k), group), (left, right) in zip(rows, axes, strict=False):
        _draw_recall(left, group, colors)
        _draw_error(right, group, colors)
        left.set_title(f"{data}, {rows_count:,} points, k = {k}", loc="left", fontsize=10)
    if rows:
        named = {
            label: line
            for axis in axes.flat
            for line, label in zip(*axis.get_legend_handles_labels(), strict=True)
        }
        shown_names = [family for family in families if family in named]
        figure.legend(
            [named[family] for family in shown_names],
            shown_names,
            loc="outside upper center",
            ncols=MOST_IN_A_LINE,
            fontsize=9,
        )
    figure.savefig(file, dpi=130)


def _panel(record: Record) -> tuple[str, int, int]:
    return record.case.data, record.case.rows, record.case.k


def _family(record: Record) -> str:
    return record.case.backend.partition(":")[0]


def _family_rank(family: str) -> tuple[bool, str]:
    return family != "exact", family


def _by_family(records: list[Record]) -> list[tuple[str, list[Record]]]:
    ordered = sorted(records, key=lambda record: (_family_rank(_family(record)), record.seconds))
    return [(family, list(group)) for family, group in groupby(ordered, _family)]


def _draw_recall(axis: Any, records: list[Record], colors: dict[str, str]) -> None:
    for family, group in _by_family(records):
        missed = [max(LEAST_MISSED, 1.0 - (record.recall or 0.0)) for record in group]
        speeds = [record.queries_per_second for record in group]
        axis.plot(missed, speeds, **_style(family, colors))
    axis.set(xscale="log", yscale="log", xlabel="recall", ylabel="queries a second")
    axis.set_xlim(1.0, LEAST_MISSED / 2)
    ticks = [0.5, 0.1, 0.01, 1e-3, 1e-4, 1e-5, LEAST_MISSED]
    axis.set_xticks(ticks, ["0.5", "0.9", "0.99", "0.999", "0.9999", "0.99999", "1"])
    axis.minorticks_off()
    _label_in_full(axis.yaxis)
    axis.grid(alpha=0.3)


def _draw_error(axis: Any, records: list[Record], colors: dict[str, str]) -> None:
    for family, group in _by_family(records):
        errors = [max(LEAST_ERROR, abs(record.score_error or 0.0)) for record in group]
        axis.plot([record.seconds for record in group], errors, **_style(family, colors))
    axis.set(xscale="log", yscale="log", xlabel="seconds to the score, index built")
    axis.set_ylabel("error of the score")
    axis.set_ylim(bottom=LEAST_ERROR / 2)
    axis.set_yticks([1e-6, 1e-5, 1e-4, 1e-3, 1e-2], ["0", "0.00001", "0.0001", "0.001", "0.01"])
    axis.minorticks_off()
    _label_in_full(axis.xaxis)
    axis.grid(alpha=0.3)


def _label_in_full(axis: Any) -> None:
    """Put plain numbers at 1, 2 and 5 of each decade, so that a short axis has some too."""
    ticker = require("matplotlib.ticker", extra="bench", purpose="the picture of a bench")
    axis.set_major_locator(ticker.LogLocator(subs=(1.0, 2.0, 5.0)))
    axis.set_major_formatter(lambda value, _position: f"{value:,.10g}")


def _style(family: str, colors: dict[str, str]) -> dict[str, Any]:
    ours = family == "exact"
    return {
        "label": family,
        "color": "black" if ours else colors[family],
        "marker": "*" if ours else "o",
        "markersize": 13 if ours else 5,
        "linewidth": 1.0,
        "zorder": 3 if ours else 2,
    }
