"""twinscore plan: what to render next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from twinscore.cli.command_line import command_line
from twinscore.cli.messages import say
from twinscore.cli.options import (
    allow_remote_paths_option,
    device_option,
    domain_option,
    exposure_option,
    model_option,
    threads_option,
    video_interval_option,
)
from twinscore.cli.output_options import out_option, overwrite_option, print_json_option
from twinscore.cli.score_outputs import can_report

if TYPE_CHECKING:
    from pathlib import Path

PLAN_EXAMPLES = """\b
Examples:
  twinscore plan photos.csv renders.csv --domain domain.toml --out plan/
  twinscore plan photos/ renders/ --images 100      # without a domain
"""


@click.command(epilog=PLAN_EXAMPLES)
@click.argument("real")
@click.argument("synthetic")
@domain_option
@click.option(
    "--images",
    default=1_000,
    show_default=True,
    type=click.IntRange(1, 10_000_000),
    metavar="N",
    help="Renders to plan.",
)
@out_option("plan.csv and plan.html there")
@overwrite_option("a plan")
@print_json_option("Print the plan as JSON in the place of a table.")
@click.option(
    "--report/--no-report",
    default=None,
    help="Write plan.html to --out, or do not. Default: if the extra 'report' is installed.",
)
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
@click.option("--allow-skips", is_flag=True, help="Plan even if over 5% of a side cannot be read.")
@threads_option
@click.option("--quiet", "-q", is_flag=True, help="No progress and no table.")
def plan(
    real: str,
    synthetic: str,
    domain: Path | None,
    images: int,
    out: Path | None,
    overwrite: bool,
    as_json: bool,
    report: bool | None,
    model: str,
    device: str,
    backend: str,
    group_by: str | None,
    exposure: float | None,
    video_interval: float,
    allow_remote_paths: bool,
    allow_skips: bool,
    threads: int | None,
    quiet: bool,
) -> None:
    """Plan which images to render next, beside SYNTHETIC ones that are to be like REAL ones.

    Edge cases and pairs of values that --domain asks for and that are missing come first, then
    combinations that are short of images, then photographs that no render comes near. REAL and
    SYNTHETIC are what 'twinscore score' takes.
    """
    from twinscore.planning.plan import PLAN_PAGE, check_no_plan
    from twinscore.planning.renders import plan as plan_renders
    from twinscore.planning.renders import planned_part
    from twinscore.report.terminal.console import Console
    from twinscore.report.terminal.plan import print_plan
    from twinscore.report.terminal.progress import ProgressDisplay
    from twinscore.scoring.result_files import check_writable
    from twinscore.scoring.score import score

    if report and out is None:
        raise click.UsageError("--report needs --out DIR")
    if out is not None:
        check_no_plan(out, overwrite=overwrite)
        check_writable(out, overwrite=True)
        report = can_report(report, quiet=quiet)
    with ProgressDisplay(quiet=quiet) as progress:
        result = score(
            real,
            synthetic,
            domain=domain,
            diagnostics=False,
            model=model,
            device=device,
            backend=backend,
            group_by=group_by,
            exposure=exposure,
            video_interval=video_interval,
            allow_remote_paths=allow_remote_paths,
            allow_skips=allow_skips,
            threads=threads,
            progress=progress,
        )
    planned = plan_renders(result, images)
    try:
        if out is not None:
            planned.save(out, overwrite=overwrite)
            pool = planned_part(result).pool
            if report and pool is not None:
                from twinscore.report.page.plan_page import write_plan

                write_plan(planned, pool, out / PLAN_PAGE, command=command_line(), threads=threads)
    finally:
        # A disk that is full must not cost the user the answer.
        if as_json:
            click.echo(planned.to_json().encode(), nl=False)
        elif not quiet:
            print_plan(planned, Console(highlight=False))
    if out is not None and not (quiet or as_json):
        say(f"\nWritten to {out}")
