"""twinscore domain: declare what images are meant to show, and count whether they do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from twinscore.base.printable import printable
from twinscore.cli.messages import say

if TYPE_CHECKING:
    from twinscore.domain.declaration import Domain

INIT_EXAMPLES = """\b
Examples:
  twinscore domain init renders.csv --out domain.toml
  twinscore domain init photos/ --out domain.toml     # folders are columns
"""
CHECK_EXAMPLES = """\b
Examples:
  twinscore domain check domain.toml
  twinscore domain check domain.toml renders.csv   # without looking at images
"""


@click.group()
def domain() -> None:
    """Declare what images are meant to show, for --domain of score and plan."""


@domain.command(epilog=INIT_EXAMPLES)
@click.argument("source")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the file there. Default: standard output.",
)
@click.option("--overwrite", is_flag=True, help="Replace an older file.")
def init(source: str, out: Path | None, overwrite: bool) -> None:
    """Write a first domain file from the columns that SOURCE has.

    SOURCE is what 'twinscore score' takes as a side. Its shares are a start: change them to what is
    wanted.
    """
    from twinscore.domain.first_draft import draft_domain
    from twinscore.scoring.result_files import save_json

    if out is not None and out.exists() and not overwrite:
        raise FileExistsError(f"{out} exists: choose another file, or replace it with --overwrite")
    columns, _ = _columns_of(source)
    draft = draft_domain(columns, source)
    if out is None:
        click.echo(draft.encode(), nl=False)
        return
    save_json(draft, out)
    say(f"Written to {out}: change its shares to what is wanted")


@domain.command(epilog=CHECK_EXAMPLES)
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("source", required=False)
def check(file: Path, source: str | None) -> None:
    """Check a domain FILE, and count what of it SOURCE shows."""
    from twinscore.domain.cells import cells_of
    from twinscore.domain.reading import load_domain

    declared = load_domain(file)
    layout = cells_of(declared)
    say(
        f"{printable(file)}: {len(declared.conditions):,} conditions, "
        f"{int((layout.targets > 0).sum()):,} of {len(layout):,} combinations wanted, "
        f"{len(declared.edge_cases):,} edge cases"
    )
    for note in declared.notes:
        say(f"note: {printable(note)}")
    if source is not None:
        _print_counts(declared, source)


def _print_counts(declared: Domain, source: str) -> None:
    import numpy as np

    from twinscore.domain.intentionality import edge_cases
    from twinscore.domain.match import cover_pairs
    from twinscore.domain.placed_images import place_images
    from twinscore.report.terminal.console import Console
    from twinscore.report.terminal.domain import print_counts
    from twinscore.scoring.early_checks import check_domain_columns

    columns, images = _columns_of(source)
    check_domain_columns(declared, columns, f"of {source}")
    placed = place_images(declared, columns, images)
    by_example = [item.name for item in declared.conditions if item.examples is not None]
    conditions = [
        match for match in placed.matches(np.arange(images)) if match.condition not in by_example
    ]
    # Without its examples, a condition has no values, and its pairs no images.
    pairs = None if by_example else cover_pairs(declared, placed.codes[~placed.excluded])
    print_counts(
        str(declared.file),
        conditions,
        tuple(edge_cases(placed, None)),
        pairs,
        Console(highlight=False),
    )
    for name in by_example:
        say(f"{printable(name)} is told by example: 'twinscore score --domain' counts it")


def _columns_of(source: str) -> tuple[dict[str, list[str | None]], int]:
    """Read the columns of all images of a source, and how many images there are."""
    from twinscore.embedding.records import Embeddings
    from twinscore.embedding.sides import open_source

    opened = open_source(source, side="source")
    if isinstance(opened, Embeddings):
        return {name: list(values) for name, values in opened.columns.items()}, len(opened.vectors)
    items = [item.columns for item in opened]
    return {name: [item.get(name) for item in items] for name in opened.column_names}, len(items)
