"""Records at growing numbers of points as a picture: where one backend overtakes another."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from twinscore.cli.bench.record import Record

GOOD_ENOUGH = 0.001
"""Error of the score; where it is larger, the marker is hollow."""


def draw_growth(records: Sequence[Record], file: Path) -> None:
    """Draw seconds to the score against points, a panel a data set, a line a backend."""
    shown = [record for record in records if record.measurement is not None]
    shown.sort(key=lambda record: (record.case.data, record.case.backend, record.case.rows))
    panels = [(name, list(group)) for name, group in groupby(shown, lambda each: each.case.data)]
    backends = sorted({record.case.backend for record in shown}, key=lambda name: name != "exact")
    figure = Figure(figsize=(6.5 * len(panels), 4.5), layout="constrained")
    axes = figure.subplots(1, len(panels), squeeze=False)[0]
    for axis, (name, panel) in zip(axes, panels, strict=True):
        for backend, group in groupby(panel, lambda each: each.case.backend):
            line = list(group)
            color = "black" if backend == "exact" else f"C{backends.index(backend)}"
            rows = [record.case.rows for record in line]
            axis.plot(rows, [record.seconds for record in line], color=color, label=backend)
            for record in line:
                good = abs(record.score_error or 0.0) < GOOD_ENOUGH
                face = color if good else "white"
                axis.plot(record.case.rows, record.seconds, "o", color=color, mfc=face)
        columns, k = panel[0].case.columns, panel[0].case.k
        axis.set_title(f"{name}, {columns} columns, k = {k}", loc="left", fontsize=10)
        axis.set(xscale="log", yscale="log", xlabel="points", ylabel="seconds to the score")
        axis.set_xticks(sorted({record.case.rows for record in panel}))
        axis.xaxis.set_major_formatter(lambda value, _position: f"{value:,.0f}")
        axis.minorticks_off()
        axis.grid(alpha=0.3)
        axis.legend(title=f"hollow: error of {GOOD_ENOUGH:g} or more", fontsize=8)
    figure.savefig(file, dpi=130)
