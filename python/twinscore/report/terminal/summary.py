"""The first screen: how good is it, and what comes next? The last thing that is printed."""

from __future__ import annotations

import math
import shlex
from typing import TYPE_CHECKING

from rich.text import Text

from twinscore.base.printable import printable
from twinscore.report.cautions import headline
from twinscore.report.first_screen import bars_of, findings_of, gaps_of
from twinscore.report.kinds import kinds_by_loss
from twinscore.report.terminal.bars import bar_table
from twinscore.report.terminal.classes import print_classes
from twinscore.report.terminal.details import print_details
from twinscore.report.terminal.slices import print_slices
from twinscore.report.terminal.views import print_views
from twinscore.scoring.notes import MANY_ALIKE
from twinscore.scoring.verdict import SIGNIFICANT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console, RenderableType

    from twinscore.scoring.estimate import Estimate
    from twinscore.scoring.result import ScoreResult

WIDEST = 100
"""Columns of the first screen, however wide the terminal is."""

MOST_SHOWN = 3
"""Images to look at next; fewer where the screen would scroll."""

ROWS_BELOW = 2
"""Rows of a terminal that the place of the result and the next prompt take."""


def print_summary(result: ScoreResult, console: Console, *, verbose: bool = False) -> None:
    """Print what to know first; above it what was asked for.

    Parameters
    ----------
    result
        Of all images.
    console
        Drawn on as wide as it is, and on a terminal no higher, so that nothing scrolls away.
    verbose
        Print every figure and every caution in full as well.
    """
    console.print()
    if verbose:
        print_details(result, console)
    print_slices(result, console)
    print_classes(result, console)
    print_views(result, console)
    if verbose or result.slices or result.transfer or result.views:
        console.print()
    width = min(console.width, WIDEST)
    above: list[RenderableType] = [
        _sides(result, width),
        "",
        bar_table(bars_of(result), width),
        "",
        *(Text(printable(finding)) for finding in findings_of(result)),
    ]
    below: list[RenderableType] = [Text(printable(gap)) for gap in gaps_of(result)]
    if result.warnings and not verbose:
        below.append(folded_cautions(result, console))
    below += _suggestion(result)
    heading, shown = _next(result)
    room = console.height - ROWS_BELOW - _rows([*above, *below], console)
    for renderable in above:
        console.print(renderable)
    if shown:
        console.print(f"\n[bold]{heading}[/bold]", highlight=False)
    for lines in shown[: _that_fit(shown, room - 2, console)]:
        for line in lines:
            # Paths stay on one line, however long: people copy them.
            console.print(line, soft_wrap=True)
    for renderable in below:
        console.print(renderable)


def folded_cautions(result: Estimate, console: Console) -> Text:
    """Name the cautions in one line, as many as it takes."""
    count = len(result.warnings)
    said = f"{count} caution{'s' if count > 1 else ''}"
    explains = "--verbose explains"
    named = printable("; ".join(dict.fromkeys(map(headline, result.warnings))))
    room = console.width - len(f"{said}: ") - len(f"  {explains}")
    if len(named) > room:
        named = named[: max(room - 4, 0)].rpartition("; ")[0] + "; ..."
    return Text.assemble((said, "yellow"), f": {named}  ", (explains, "dim"))


def _sides(result: ScoreResult, width: int) -> Text:
    """Name the sides at the left and count their images at the right, on one line if that fits."""
    names = [result.inputs[side] or f"{side} images" for side in ("synthetic", "real")]
    sides = " against ".join(map(printable, names))
    counts = f"{result.n_real:,} real, {result.n_synthetic:,} synthetic images"
    if result.groups is not None:
        counts += f" in {result.groups['real']:,} and {result.groups['synthetic']:,} groups"
    gap = width - len(sides) - len(counts)
    return Text.assemble((sides, "bold"), " " * gap if gap >= 2 else "\n", counts)


def _suggestion(result: ScoreResult) -> list[Text]:
    """Say how to score again where images of one side depend on each other."""
    column = result.suggested_group_by
    if column is not None:
        named = shlex.quote(printable(column))
        of_one = "folder" if column.startswith("folder") else f"value of {named}"
        alike, option = f"Images of one {of_one}", f"--group-by {named}"
    elif result.groups is None and any(
        result.near_duplicates[side] > MANY_ALIKE * images
        for side, images in (("real", result.n_real), ("synthetic", result.n_synthetic))
    ):
        alike, option = "Many images of one side", "--collapse-duplicates"
    else:
        return []
    return [Text.assemble(f"{alike} look alike: score again with ", (option, "bold"))]


def _next(result: ScoreResult) -> tuple[str, list[list[Text]]]:
    """Return a heading and the images to look at next, a few lines each."""
    if result.p_value <= SIGNIFICANT:
        return "Look at these next", [
            _beside(
                f"{number}  {kind.weight}{': ' if kind.weight else ''}{kind.name}",
                kind.nearest_real,
            )
            for number, kind in enumerate(kinds_by_loss(result)[:MOST_SHOWN], start=1)
        ]
    table = result.samples.slice(result.n_real)
    passing = [row for row in table.to_pylist() if row["nearest_side"] == "real"]
    passing.sort(key=lambda row: (row["nearest_real_distance"], row["name"]))
    return "Closest to a real image", [
        _beside(row["name"], row["nearest_real"]) for row in passing[:MOST_SHOWN]
    ]


def _beside(image: str, nearest_real: str) -> list[Text]:
    nearest = f"     nearest real image: {printable(nearest_real)}"
    return [Text(f"  {printable(image)}"), Text(nearest, style="dim")]


def _that_fit(shown: Sequence[Sequence[Text]], room: int, console: Console) -> int:
    """Count how many fit into so many rows of a terminal; one at least, elsewhere all."""
    if not console.is_terminal:
        return len(shown)
    fitting = 0
    for lines in shown:
        room -= sum(math.ceil(line.cell_len / console.width) for line in lines)
        fitting += room >= 0
    return max(fitting, 1)


def _rows(renderables: Sequence[RenderableType], console: Console) -> int:
    return sum(len(console.render_lines(each, pad=False)) for each in renderables)
