"""What to fix first, in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from twinscore.base.printable import printable
from twinscore.scoring.explanation.wording import WORDINGS

if TYPE_CHECKING:
    from rich.console import Console

    from twinscore.scoring.explanation.records import Explanation

BAR = 20


def print_explanation(explanation: Explanation, console: Console) -> None:
    """Print each repair with a bar of before and after, then what is left and what is harmless."""
    if explanation.figures is not None:
        real, synthetic = explanation.images
        low, high = explanation.figures.interval
        console.print(
            f"\nOf {real:,} real and {synthetic:,} synthetic images: score "
            f"{explanation.figures.score:.2f} ({low:.2f} to {high:.2f})",
            highlight=False,
        )
    for place, repair in enumerate(explanation.repairs):
        heading = "Fix first" if place == 0 else "Then"
        console.print(f"\n[bold]{heading}: {WORDINGS[repair.fact].name}[/bold]", highlight=False)
        console.print(f"  {_bar(repair.before)} {repair.before:.2f} now", highlight=False)
        console.print(f"  {_bar(repair.after)} {repair.after:.2f} alike", highlight=False)
        _print_wrapped(repair.sentence, console)
    console.print()
    _print_wrapped(explanation.rest, console)
    for fact in explanation.harmless:
        _print_wrapped(fact.sentence, console)
    for clue in explanation.judge:
        _print_wrapped(clue.sentence, console)


def _bar(score: float) -> str:
    filled = round(min(max(score, 0.0), 1.0) * BAR)
    return "█" * filled + "░" * (BAR - filled)


def _print_wrapped(sentence: str, console: Console) -> None:
    console.print(f"  {escape(printable(sentence))}", highlight=False)
