"""twinscore explain: what to fix first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from twinscore.cli.exit_codes import EXIT_INTERRUPTED
from twinscore.cli.messages import say
from twinscore.cli.options import (
    allow_remote_paths_option,
    device_option,
    exposure_option,
    model_option,
    neighbors_option,
    threads_option,
    video_interval_option,
)
from twinscore.cli.output_options import json_option, out_option, overwrite_option
from twinscore.images.sources.url import without_secrets

if TYPE_CHECKING:
    from pathlib import Path

EXPLAIN_EXAMPLES = """\b
Examples:
  twinscore explain photos/ renders/
  twinscore explain photos/ renders/ --out why/      # with images
  twinscore explain photos/ renders/ --images 200    # quicker, less sure
"""


@click.command(epilog=EXPLAIN_EXAMPLES)
@click.argument("real")
@click.argument("synthetic")
@click.option(
    "--images",
    default=500,
    show_default=True,
    type=click.IntRange(20),
    help="Of each side to try repairs on, at most.",
)
@neighbors_option
@model_option
@device_option
@click.option(
    "--group-by",
    metavar="COLUMN",
    help="Images alike in a column (folder, folder:1, one of a manifest) are correlated and count "
    "as one.",
)
@out_option("explanation.json and .html there, and images before and after the best repairs")
@overwrite_option("an explanation")
@json_option("it", "the sentences")
@exposure_option
@video_interval_option
@allow_remote_paths_option
@click.option("--allow-skips", is_flag=True, help="Go on if over 5% of a side cannot be read.")
@threads_option
@click.option("--seed", default=0, show_default=True, help="Of the sample and of draws.")
@click.option("--quiet", "-q", is_flag=True, help="No progress and no sentences.")
def explain(
    real: str,
    synthetic: str,
    images: int,
    k: int,
    model: str,
    device: str,
    group_by: str | None,
    out: Path | None,
    overwrite: bool,
    json_target: Path | None,
    exposure: float | None,
    video_interval: float,
    allow_remote_paths: bool,
    allow_skips: bool,
    threads: int | None,
    seed: int,
    quiet: bool,
) -> int:
    """Tell what to fix first in SYNTHETIC images, and what each repair would bring.

    Both sides are images, in whatever form `twinscore score` takes them. Each fact in which they
    differ beyond chance (sharpness, noise, colours, contrast, compression, lens) is made alike on
    a sample, embedded and scored again; the best repair stays, and the next is tried on top.
    """
    from twinscore.embedding.settings import ImageSettings
    from twinscore.neighbors.settings import SearchSettings
    from twinscore.report.explanation_files import check_explanation_folder, save_explanation
    from twinscore.report.terminal.console import Console
    from twinscore.report.terminal.explanation import print_explanation
    from twinscore.report.terminal.progress import ProgressDisplay
    from twinscore.scoring.explanation.explain import explain as explain_result
    from twinscore.scoring.result_files import save_json
    from twinscore.scoring.run import Run
    from twinscore.scoring.score import score_sides
    from twinscore.scoring.settings import ScoreSettings

    settings = ScoreSettings(
        k=k,
        seed=seed,
        diagnostics=False,
        richness=False,
        images=ImageSettings(
            model=model,
            device=device,
            exposure=exposure,
            video_interval=video_interval,
            group_by=group_by,
            allow_remote_paths=allow_remote_paths,
            allow_skips=allow_skips,
        ),
        search=SearchSettings(threads=threads),
    )
    to_stdout = json_target is not None and str(json_target) == "-"
    if out is not None:
        check_explanation_folder(out, overwrite=overwrite)
    network = settings.images.open_embedder(threads)
    with ProgressDisplay(quiet=quiet) as progress:
        result = score_sides(real, synthetic, Run(settings, progress), embedder=network)
        found = explain_result(result, images=images, embedder=network, progress=progress)
    try:
        if json_target is not None and not to_stdout:
            save_json(found.to_json(), json_target)
        if out is not None and result.pool is not None:
            title = f"{without_secrets(synthetic)} against {without_secrets(real)}"
            save_explanation(found, result.pool, out, title=title, seed=seed)
    finally:
        if to_stdout:
            click.echo(found.to_json().encode(), nl=False)
        elif not quiet:
            print_explanation(found, Console(highlight=False))
    if out is not None and not (quiet or to_stdout):
        say(f"\nWritten to {out}")
    return EXIT_INTERRUPTED if found.interrupted else 0
