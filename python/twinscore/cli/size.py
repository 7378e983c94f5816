"""twinscore size: how many images it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from twinscore.cli.numbers import Number
from twinscore.cli.options import (
    allow_remote_paths_option,
    device_option,
    exposure_option,
    model_option,
    neighbors_option,
    threads_option,
    video_interval_option,
)
from twinscore.cli.output_options import print_json_option

if TYPE_CHECKING:
    from twinscore.planning.size import SampleSize

SIZE_EXAMPLES = """\b
Examples:
  twinscore size photos/ renders/ --difference 0.1
  twinscore size result/ --difference 0.05 --power 0.9
"""

_OF_RESULTS = ("difference", "power", "as_json", "quiet")
"""Options that a saved result takes; it has all others of its own."""


@click.command(epilog=SIZE_EXAMPLES)
@click.argument("pilot", metavar="REAL|RESULT")
@click.argument("synthetic", required=False)
@click.option(
    "--difference",
    default=0.1,
    show_default=True,
    type=Number(0.0, 1.0, min_open=True),
    help="Of the scores of two twins, that is to be told apart.",
)
@click.option(
    "--power",
    default=0.8,
    show_default=True,
    type=Number(0.05, 1.0, min_open=True, max_open=True),
    help="Probability to tell them apart.",
)
@print_json_option("Print the answer as JSON.")
@neighbors_option
@model_option
@device_option
@click.option(
    "--backend", default="exact", show_default=True, metavar="NAME", help="Neighbor search."
)
@click.option(
    "--group-by",
    metavar="COLUMN",
    help="Images alike in a column are correlated (a clip, a scene) and count as one.",
)
@exposure_option
@video_interval_option
@allow_remote_paths_option
@click.option("--allow-skips", is_flag=True, help="Go on even if over 5% of a side cannot be read.")
@threads_option
@click.option("--seed", default=0, show_default=True, help="Of the splits.")
@click.option("--quiet", "-q", is_flag=True, help="No progress.")
def size(
    pilot: str,
    synthetic: str | None,
    difference: float,
    power: float,
    as_json: bool,
    quiet: bool,
    **options: object,
) -> None:
    """Tell how many images a side it takes to tell two twins apart.

    The pilot is REAL and SYNTHETIC images, as 'twinscore score' takes them, a hundred of each or
    more, or RESULT, a folder of 'twinscore score --out'. Images answer more sharply: their
    synthetic side is split into halves as if these were two twins.
    """
    from twinscore.planning.size import size as size_for
    from twinscore.report.terminal.console import Console
    from twinscore.report.terminal.progress import ProgressDisplay
    from twinscore.report.terminal.size import print_size

    if synthetic is None:
        _refuse_options_of_images(click.get_current_context())
        options = {}
    found: SampleSize
    with ProgressDisplay(quiet=quiet) as progress:
        if synthetic is not None:
            options["progress"] = progress
        found = size_for(pilot, synthetic, difference=difference, power=power, **options)  # type: ignore[arg-type]
    if as_json:
        click.echo(found.to_json().encode(), nl=False)
    else:
        print_size(found, Console(highlight=False))


def _refuse_options_of_images(context: click.Context) -> None:
    given = [
        name
        for name in context.params
        if name not in ("pilot", "synthetic", *_OF_RESULTS)
        and context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE
    ]
    if given:
        names = ", ".join("--" + name.replace("_", "-") for name in given)
        raise click.UsageError(f"with SYNTHETIC only: {names} (a result has its own)")
