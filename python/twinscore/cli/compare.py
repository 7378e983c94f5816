"""twinscore compare: the second twin beside the first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from twinscore.base.printable import printable
from twinscore.cli.command_line import command_line
from twinscore.cli.exit_codes import EXIT_BELOW_MINIMUM
from twinscore.cli.messages import say
from twinscore.cli.numbers import Number
from twinscore.cli.options import allow_remote_paths_option, check_device, threads_option
from twinscore.cli.output_options import json_option, out_option, overwrite_option
from twinscore.images.sources.endings import counted
from twinscore.images.sources.url import without_secrets

if TYPE_CHECKING:
    from twinscore.comparison import Comparison
    from twinscore.report.terminal.progress import ProgressDisplay
    from twinscore.scoring.estimate import Estimate

SETS_WITH_OBJECTS = ("real_objects", "first_objects", "second_objects")

COMPARE_EXAMPLES = """\b
Examples:
  twinscore compare result-monday/ result-friday/
  twinscore compare renders-v1/ renders-v2/ --real photos/ --out comparison/
  twinscore compare result-main/ result-branch/ --fail-if-worse   # code 3
"""


@click.command(epilog=COMPARE_EXAMPLES)
@click.argument("first")
@click.argument("second")
@click.option(
    "--real",
    metavar="REAL",
    help="Real images: FIRST and SECOND are then two synthetic sets to score against them.",
)
@click.option(
    "--k",
    type=click.IntRange(1),
    help="Neighbors per image, with --real. Default: 1.",
)
@click.option("--model", metavar="NAME|FILE.onnx", help="Network that embeds images, with --real.")
@click.option(
    "--device",
    callback=check_device,
    metavar="cpu|cuda|cuda:N|auto",
    help="With --real. Default: cpu.",
)
@click.option(
    "--group-by",
    metavar="COLUMN",
    help="Images alike in a column (folder, folder:1, one of a manifest) are correlated and count "
    "as one, with --real.",
)
@click.option(
    "--slice-by",
    multiple=True,
    metavar="COLUMN",
    help="Compare the images of each value of a column apart, with --real. May be repeated.",
)
@click.option(
    "--domain",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="What both sets are meant to show, with --real.",
)
@click.option(
    "--objects",
    multiple=True,
    metavar="ANNOTATIONS",
    help="Objects in the images, given three times with --real: of REAL, FIRST and SECOND. Not "
    "needed where these are files of annotations themselves.",
)
@out_option("comparison.json and comparison.html there")
@overwrite_option("a comparison")
@json_option("the comparison", "the summary")
@click.option(
    "--fail-if-worse",
    is_flag=True,
    help="Exit with code 3 if SECOND scores lower than FIRST by more than chance (p < 0.05).",
)
@click.option(
    "--exposure", type=Number(), metavar="STOPS", help="Of OpenEXR and HDR files, with --real."
)
@click.option(
    "--video-interval",
    type=Number(),
    metavar="SECONDS",
    help="Between two frames of a clip, with --real. Default: 1.",
)
@allow_remote_paths_option
@click.option(
    "--allow-skips", is_flag=True, help="Go on if over 5% of a set cannot be read, with --real."
)
@threads_option
@click.option("--seed", default=0, show_default=True, help="Of exchanges, halves and draws.")
@click.option("--quiet", "-q", is_flag=True, help="No progress and no summary.")
def compare(
    first: str,
    second: str,
    real: str | None,
    k: int | None,
    model: str | None,
    device: str | None,
    group_by: str | None,
    slice_by: tuple[str, ...],
    domain: Path | None,
    objects: tuple[str, ...],
    out: Path | None,
    overwrite: bool,
    json_target: Path | None,
    fail_if_worse: bool,
    exposure: float | None,
    video_interval: float | None,
    allow_remote_paths: bool,
    allow_skips: bool,
    threads: int | None,
    seed: int,
    quiet: bool,
) -> int:
    """Tell whether SECOND is better than FIRST, or worse, by more than chance.

    FIRST and SECOND are two result folders of `twinscore score --out`. With --real they are two
    synthetic sets, as for `twinscore score`; that comparison is sharper, because both sets then
    meet the same real images in one design.
    """
    from twinscore.report.page.comparison_files import check_comparison_folder, save_comparison
    from twinscore.report.terminal.comparison import print_difference
    from twinscore.report.terminal.console import Console
    from twinscore.report.terminal.progress import ProgressDisplay
    from twinscore.scoring.result_files import save_json

    of_images: dict[str, object] = {
        "k": k,
        "model": model,
        "device": device,
        "group_by": group_by,
        "slice_by": slice_by or None,
        "domain": domain,
        "objects": objects or None,
        "exposure": exposure,
        "video_interval": video_interval,
        "allow_remote_paths": allow_remote_paths or None,
        "allow_skips": allow_skips or None,
    }
    given = {name: value for name, value in of_images.items() if value is not None}
    if real is None and given:
        names = ", ".join("--" + name.replace("_", "-") for name in given)
        raise click.UsageError(f"with --real only: {names} (results have theirs)")
    to_stdout = json_target is not None and str(json_target) == "-"
    if out is not None:
        check_comparison_folder(out, overwrite=overwrite)
    results = None
    giveaways = None
    with ProgressDisplay(quiet=quiet) as progress:
        if real is None:
            from twinscore.comparison import compare_saved
            from twinscore.scoring.saved_result import load_result

            saved = load_result(first), load_result(second)
            comparison = compare_saved(*saved)
            giveaways = saved[0].giveaways(), saved[1].giveaways()
        else:
            options = {**given, **_of_sets(objects), "seed": seed, "threads": threads}
            options.pop("objects", None)
            comparison, results = _of_images(real, first, second, options, progress)
    try:
        if json_target is not None and not to_stdout:
            save_json(comparison.to_json(), json_target)
        if out is not None:
            save_comparison(
                comparison,
                out,
                results=results,
                giveaways=giveaways,
                command=command_line(),
                threads=threads,
            )
    finally:
        if to_stdout:
            click.echo(comparison.to_json().encode(), nl=False)
        elif not quiet:
            print_difference(comparison, Console(highlight=False))
    if out is not None and not (quiet or to_stdout):
        say(f"\nWritten to {out}")
    if fail_if_worse and comparison.is_worse:
        better, worse = printable(first), printable(second)
        say(
            f"twinscore: {worse} scores {-comparison.difference:.4f} lower than {better} "
            f"(p = {comparison.p_value:.2g})",
            err=True,
        )
        return EXIT_BELOW_MINIMUM
    return 0


def _of_sets(objects: tuple[str, ...]) -> dict[str, object]:
    """Say whose annotations these are."""
    if objects and len(objects) != len(SETS_WITH_OBJECTS):
        raise click.UsageError(
            "expected --objects three times, of REAL, of FIRST and of SECOND; got it "
            f"{counted(len(objects), 'time')}"
        )
    return dict(zip(SETS_WITH_OBJECTS, objects, strict=False))


def _of_images(
    real: str, first: str, second: str, options: dict[str, object], progress: ProgressDisplay
) -> tuple[Comparison, tuple[Estimate, Estimate]]:
    from twinscore.comparison.run import compare as compare_twins

    names = without_secrets(first), without_secrets(second)
    twins = compare_twins(real, first, second, names=names, progress=progress, **options)  # type: ignore[arg-type]
    return twins.comparison, (twins.first, twins.second)
