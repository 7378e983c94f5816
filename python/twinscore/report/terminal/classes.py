"""What labels tell, class by class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from twinscore.base.printable import printable

if TYPE_CHECKING:
    from rich.console import Console

    from twinscore.measures.transfer import ClassTransfer, Transfer
    from twinscore.scoring.result import ScoreResult

MOST_CLASSES = 10


def print_classes(result: ScoreResult, console: Console) -> None:
    """Print the classes that lose most, where labels were asked for."""
    transfer = result.transfer
    if transfer is None:
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(Text(printable(result.settings.label_by or "class")))
    for heading in ("Real", "Synthetic", "Transfer", "Of", "Score"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("Taken for")
    for one in transfer.classes[:MOST_CLASSES]:
        table.add_row(
            Text(printable(one.label)),
            f"{one.n_real:,}",
            f"{one.n_synthetic:,}",
            f"{one.accuracy:.2f}",
            f"{one.ceiling:.2f}",
            "" if one.score is None else f"{one.score:.2f}",
            Text(printable(_taken_for(transfer, one))),
        )
    console.print(table)
    if len(transfer.classes) > MOST_CLASSES:
        console.print(f"and {len(transfer.classes) - MOST_CLASSES:,} more that lose less")
    if transfer.only_synthetic:
        console.print(
            Text(f"No real image has: {printable(', '.join(transfer.only_synthetic))}"),
        )


def _taken_for(transfer: Transfer, one: ClassTransfer) -> str:
    """Name the class that most of the others are taken for."""
    wrong = [
        cell
        for cell in transfer.confusion
        if cell.real == one.label and cell.nearest != one.label and cell.share > 0.0
    ]
    return f"{wrong[0].nearest} ({wrong[0].share:.0%})" if wrong else ""
