"""How many images tell two twins apart, on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from twinscore.planning.size import SampleSize


def print_size(size: SampleSize, console: Console) -> None:
    """Print the answer, what the pilot's own size can do, and what to know of both."""
    counted = "groups" if size.grouped else "images"
    console.print(
        f"\n[bold]{size.images:,} {counted} a side[/bold] tell two twins apart whose scores differ "
        f"by {size.difference:g}, {size.power:.0%} of the time (at 5 %): so many real ones, and so "
        "many synthetic ones of each twin."
    )
    console.print(
        f"  The pilot scores {size.score:.3f} at equal sides; with {size.images:,} {counted} a "
        f"side its standard error is {size.standard_error:.3f}."
    )
    if size.detectable is None:
        console.print(f"  The {size.pilot:,} {counted} a side of the pilot tell no twins apart.")
    else:
        console.print(
            f"  The {size.pilot:,} {counted} a side of the pilot tell a difference of "
            f"{size.detectable:.2f} apart as often."
        )
    for note in size.notes:
        console.print(f"  Note: {note}.")
