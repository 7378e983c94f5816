"""twinscore demo: three twins of rising fidelity, offline."""

from __future__ import annotations

from pathlib import Path

import click

from twinscore.cli.messages import say

DEMO_EXAMPLES = """\b
Examples:
  twinscore demo
  twinscore demo --out /tmp/demo
"""


@click.command(epilog=DEMO_EXAMPLES)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("twinscore-demo"),
    show_default=True,
    metavar="DIR",
    help="Gets the picture, demo.png.",
)
@click.option("--threads", type=click.IntRange(1), help="Default: all cores.")
@click.option("--quiet", "-q", is_flag=True, help="No progress.")
def demo(out: Path, threads: int | None, quiet: bool) -> int:
    """Score three twins of rising fidelity against real photographs.

    Needs no network: the photographs come with an installed package. Takes under a minute.
    """
    from twinscore.cli.demo.run import PICTURE_FILE, run_demo
    from twinscore.report.terminal.console import Console
    from twinscore.report.terminal.progress import ProgressDisplay
    from twinscore.report.terminal.twins import print_comparison
    from twinscore.scoring.result_files import check_writable

    check_writable(out, overwrite=True)
    with ProgressDisplay(quiet=quiet) as progress:
        rows = run_demo(out, progress, threads=threads)
    print_comparison(
        [(row.twin.name, row.twin.description, row.result) for row in rows],
        Console(highlight=False),
    )
    say(f"\nPicture: {out / PICTURE_FILE}")
    return 0
