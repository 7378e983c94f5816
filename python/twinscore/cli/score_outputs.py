"""Where the answer of `twinscore score` goes: a summary, a page, a file of JSON, loggers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from twinscore.cli.command_line import command_line
from twinscore.cli.messages import say

if TYPE_CHECKING:
    from pathlib import Path

    from twinscore.integrations.loggers import ResultLog
    from twinscore.scoring.estimate import Estimate


FORMATS = ("text", "brief", "markdown", "csv", "junit")
"""How a result may be printed; the first is for people at a terminal."""


def print_result(
    result: Estimate, shown_as: str, *, verbose: bool = False, minimum: float | None = None
) -> None:
    """Print a result on standard output.

    Parameters
    ----------
    result
        Of all images, or of a sample.
    shown_as
        One of ``FORMATS``.
    verbose
        All figures and cautions as well, in the text for people.
    minimum
        Least score that passes, for those that tell of tests.
    """
    from twinscore.report.formats.brief import brief_line
    from twinscore.report.formats.comma_separated import csv_text
    from twinscore.report.formats.junit import junit_text
    from twinscore.report.formats.markdown import markdown_text

    if shown_as == "text":
        _print_for_people(result, verbose=verbose)
    elif shown_as == "brief":
        click.echo(brief_line(result))
    elif shown_as == "markdown":
        click.echo(markdown_text(result), nl=False)
    elif shown_as == "csv":
        click.echo(csv_text(result), nl=False)
    else:
        click.echo(junit_text(result, minimum=minimum), nl=False)


def _print_for_people(result: Estimate, *, verbose: bool) -> None:
    from twinscore.report.terminal.console import Console
    from twinscore.report.terminal.sample import print_sampled_summary
    from twinscore.report.terminal.summary import print_summary
    from twinscore.scoring.result import SampledResult, ScoreResult

    console = Console(highlight=False)
    if isinstance(result, ScoreResult):
        print_summary(result, console, verbose=verbose)
    elif isinstance(result, SampledResult):
        print_sampled_summary(result, console, verbose=verbose)


def write_page(
    result: Estimate, folder: Path, title: str, map_method: str | None, *, quiet: bool
) -> None:
    """Write report.html of a result of all images."""
    from twinscore.report.page.score_page import write_report
    from twinscore.report.terminal.progress import ProgressDisplay
    from twinscore.scoring.result_files import REPORT_FILE

    with ProgressDisplay(quiet=quiet) as progress:
        write_report(
            result,
            folder / REPORT_FILE,
            title=title,
            command=command_line(),
            map_method=map_method,
            progress=progress,
        )


def log_result(log: ResultLog, result: Estimate, *, quiet: bool) -> None:
    """Tell loggers, and say where to look."""
    log.log(result)
    for place in log.places if not quiet else ():
        say(f"Logged to {place}", err=True)


def can_report(wanted: bool | None, *, quiet: bool) -> bool:
    """Tell whether to make a report; only one that was asked for may fail."""
    from twinscore.report.page.document import check_page_packages

    if wanted is False:
        return False
    try:
        check_page_packages()
    except ImportError as error:
        if wanted:
            raise
        if not quiet:
            say(f"twinscore: no report.html: {error}", err=True)
        return False
    return True


def check_json_target(target: Path) -> None:
    """Make sure that JSON can be written there, before hours are spent on making it."""
    from twinscore.scoring.result_files import check_writable

    if not target.parent.is_dir():
        raise FileNotFoundError(f"cannot write to {target}: {target.parent} is no folder")
    # Pipes and devices need no room beside them.
    if target.is_file() or not target.exists():
        check_writable(target.parent, overwrite=True)
