"""twinscore history: the score over many runs."""

from __future__ import annotations

from pathlib import Path

import click

from twinscore.cli.messages import say

HISTORY_EXAMPLES = """\b
Examples:
  twinscore history runs/*/ --out history.html
  twinscore history result-monday/ result-friday/
"""


@click.command(epilog=HISTORY_EXAMPLES)
@click.argument("results", nargs=-1, required=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.html",
    help="Write (or replace) a page with a curve.",
)
def history(results: tuple[str, ...], out: Path | None) -> int:
    """Line up RESULTS, folders of `twinscore score --out`, in the order given."""
    from twinscore.report.page.history_page import changed_settings, runs_of, write_history
    from twinscore.report.terminal.comparison import print_history
    from twinscore.report.terminal.console import Console
    from twinscore.scoring.saved_result import load_result

    runs = runs_of([load_result(folder) for folder in results])
    print_history(runs, changed_settings(runs), Console(highlight=False))
    if out is not None:
        write_history(runs, out)
        say(f"\nWritten to {out}")
    return 0
