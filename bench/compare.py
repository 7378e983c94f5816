"""Compare two records of the backends bench, case by case: python bench/compare.py OLD NEW.

A change counts where the repeats of old and new do not overlap and the medians differ by more than
the noise band. Ends with code 1 if a case became slower or found less.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from twinscore.cli.bench.comparison import NOISE, changes, read_records


@click.command()
@click.argument("old", type=click.Path(path_type=Path, exists=True))
@click.argument("new", type=click.Path(path_type=Path, exists=True))
@click.option("--noise", default=NOISE, show_default=True, help="Percent.")
def main(old: Path, new: Path, noise: float) -> None:
    """Print a line for each case in both records."""
    compared = changes(read_records(old), read_records(new), noise)
    for change in compared:
        case = change.case
        click.echo(
            f"{change.verdict:10}  {change.percent:+6.1f} % (band {change.band:.1f} %)  "
            f"{case.backend}, {case.data}, {case.rows:,} points, k = {case.k}"
        )
    if not compared:
        raise click.ClickException("no case is in both records")
    sys.exit(any(change.verdict in ("slower", "finds less") for change in compared))


if __name__ == "__main__":
    main()
