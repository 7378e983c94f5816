"""A plan of renders on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from twinscore.base.printable import printable
from twinscore.report.plan_words import shown, why

if TYPE_CHECKING:
    from rich.console import Console

    from twinscore.planning.plan import Plan

MOST_STEPS = 15


def print_plan(plan: Plan, console: Console) -> None:
    """Print the first steps, and what all of them change."""
    title = f"Render next: {plan.renders:,} {plan.things}"
    console.print(f"\n[bold]{title}[/bold]", highlight=False)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("Renders", justify="right", no_wrap=True)
    table.add_column("What", overflow="fold")
    table.add_column("Why", overflow="fold")
    for step in plan.steps[:MOST_STEPS]:
        table.add_row(f"{step.renders:,}", Text(printable(shown(step))), Text(printable(why(step))))
    console.print(table)
    if len(plan.steps) > MOST_STEPS:
        console.print(f"and {len(plan.steps) - MOST_STEPS:,} more steps", highlight=False)
    for figure in plan.expected:
        console.print(
            f"  {figure.name}: {figure.now:.2f} now, {figure.then:.2f} with these renders",
            highlight=False,
        )
