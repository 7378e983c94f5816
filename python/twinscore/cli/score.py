"""twinscore score: one synthetic set against one real set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from twinscore.cli.exit_codes import EXIT_BELOW_MINIMUM, EXIT_INTERRUPTED
from twinscore.cli.messages import say
from twinscore.cli.minimums import check_coverage_can_be_told, missed_minimums
from twinscore.cli.numbers import Number
from twinscore.cli.object_options import object_options
from twinscore.cli.options import log_option
from twinscore.cli.output_options import json_option, out_option, overwrite_option
from twinscore.cli.score_options import measuring_options, running_options, with_settings
from twinscore.cli.score_outputs import (
    FORMATS,
    can_report,
    check_json_target,
    log_result,
    print_result,
    write_page,
)
from twinscore.cli.settings_file import settings_option
from twinscore.images.sources.url import without_secrets

if TYPE_CHECKING:
    from pathlib import Path

    from twinscore.embedding.network.image_embedder import ImageEmbedder
    from twinscore.integrations.loggers import ResultLog
    from twinscore.scoring.settings import ScoreSettings

SCORE_EXAMPLES = """\b
Examples:
  twinscore score photos/ renders/
  twinscore score photos/ renders/ --group-by folder --out result/
  twinscore score photos.csv 'renders/shard-{0000..0009}.tar'
  twinscore score photos/ 'renders/*.exr' --exposure 1.5
  twinscore score real.npy synthetic.npy --k 5 --json -
  twinscore score real.npy synthetic.npy --precision 0.01    # a sample
  twinscore score photos/ renders/ --min-score 0.5   # exit code 3 if lower
  twinscore score photos/ renders/ --label-by folder # classes are folders
  twinscore score photos.csv renders.csv --domain domain.toml
  twinscore score real.json synthetic.json           # COCO: objects, world
  twinscore score photos/ renders/ --objects a.json --objects b.json
  twinscore score --settings result/result.json      # the same run again
"""


@click.command(epilog=SCORE_EXAMPLES)
@click.argument("real")
@click.argument("synthetic")
@settings_option
@measuring_options
@out_option("result.json, samples.parquet and report.html there")
@click.option(
    "--report/--no-report",
    default=None,
    help="Write report.html to --out, or do not. Default: if the extra 'report' is installed.",
)
@click.option(
    "--map",
    "map_method",
    type=click.Choice(["umap", "tsne", "pca"]),
    help="How report.html lays out its map. Default: t-SNE, of "
    "over 10,000 images UMAP if it is installed.",
)
@click.option(
    "--squint",
    is_flag=True,
    help="Also score all images reduced to 32, 64, 112 and 224 pixels and one JPEG quality: from "
    "which detail on are the sides told apart? Embeds all images four times more.",
)
@overwrite_option("a result")
@json_option("the result", "the summary")
@log_option
@click.option(
    "--min-score",
    type=Number(),
    metavar="X",
    help="Exit with code 3 if the score is lower.",
)
@click.option(
    "--min-coverage",
    type=Number(0, 1),
    metavar="X",
    help="Exit with code 3 if the images reach a smaller share of reality.",
)
@click.option(
    "--min-match",
    type=Number(0, 1),
    metavar="X",
    help="Exit with code 3 if fewer of the images are where --domain wants them.",
)
@running_options
@click.option(
    "--format",
    "shown_as",
    default="text",
    show_default=True,
    type=click.Choice(FORMATS),
    help="Of what is printed.",
)
@click.option("--brief", is_flag=True, help="The same as --format brief: one line.")
@click.option("--verbose", "-v", is_flag=True, help="Also every figure, and cautions in full.")
@click.option("--quiet", "-q", is_flag=True, help="No progress and no summary.")
@object_options
@with_settings
def score(
    real: str,
    synthetic: str,
    settings: ScoreSettings,
    out: Path | None,
    report: bool | None,
    map_method: str | None,
    squint: bool,
    overwrite: bool,
    json_target: Path | None,
    log: ResultLog,
    min_score: float | None,
    min_coverage: float | None,
    min_match: float | None,
    shown_as: str,
    brief: bool,
    verbose: bool,
    quiet: bool,
) -> int:
    """Score SYNTHETIC images against REAL ones.

    Both are a folder of images and clips (searched with its subfolders), a pattern in quotes, a
    list (.txt), a manifest (.csv, .tsv, .parquet with a column path), an archive (.tar, .zip),
    images in .parquet, a clip, embeddings (.npy, .npz, .parquet), or a URL of any of them. 0
    means that every synthetic image can be told from the real ones, 1 that nobody could tell the
    sides apart.
    """
    from twinscore.report.terminal.progress import ProgressDisplay
    from twinscore.scoring.explanation.quick import explained_quickly
    from twinscore.scoring.result import SampledResult
    from twinscore.scoring.result_files import check_writable
    from twinscore.scoring.run import Run
    from twinscore.scoring.score import score_sides
    from twinscore.scoring.squint import squint as squint_at

    to_stdout = json_target is not None and str(json_target) == "-"
    shown_as = "brief" if brief and shown_as == "text" else shown_as
    if brief and shown_as != "brief":
        raise click.UsageError(f"expected --brief or --format {shown_as}, got both")
    if to_stdout and shown_as != "text":
        raise click.UsageError(f"expected --json - or --format {shown_as}, got both")
    if report and out is None:
        raise click.UsageError("--report needs --out DIR")
    if report and settings.sample is not None:
        raise click.UsageError("--report needs all images: leave out --precision and --budget")
    if min_coverage is not None:
        check_coverage_can_be_told(settings.richness and settings.sample is None)
    if min_match is not None and settings.domain is None:
        raise click.UsageError("--min-match needs --domain FILE")
    if out is not None:
        check_writable(out, overwrite=overwrite)
        wanted = False if settings.sample is not None else report
        report = can_report(wanted, quiet=quiet)
    if json_target is not None and not to_stdout:
        check_json_target(json_target)
    click.get_current_context().with_resource(log)
    network: ImageEmbedder | None = None
    if squint:
        network = settings.images.open_embedder(settings.search.threads, settings.search.workers)
    with ProgressDisplay(quiet=quiet) as progress:
        result = score_sides(real, synthetic, Run(settings, progress), embedder=network)
    is_sample = isinstance(result, SampledResult)
    if is_sample and out is not None and not quiet:
        say("twinscore: no report.html of a sample of the images", err=True)
    try:
        if out is not None:
            result.save(out, overwrite=overwrite)
            if not is_sample:
                with ProgressDisplay(quiet=quiet) as progress:
                    result = explained_quickly(
                        result, threads=settings.search.threads, progress=progress
                    )
                result.save(out, overwrite=True)
        if network is not None:
            with ProgressDisplay(quiet=quiet) as progress:
                result = squint_at(result, network, progress=progress)
            if out is not None:
                result.save(out, overwrite=True)
        if json_target is not None and not to_stdout:
            result.save_json(json_target)
        if out is not None and report and not is_sample:
            title = f"{without_secrets(synthetic)} against {without_secrets(real)}"
            write_page(result, out, title, map_method, quiet=quiet)
    finally:
        # A disk that is full must not cost the user the answer.
        if to_stdout:
            click.echo(result.to_json().encode(), nl=False)
        elif not quiet or shown_as != "text":
            print_result(result, shown_as, verbose=verbose, minimum=min_score)
    if out is not None and not (quiet or to_stdout):
        say(_written(out), err=shown_as != "text")
    log_result(log, result, quiet=quiet)
    if isinstance(result, SampledResult) and result.sampling["interrupted"]:
        return EXIT_INTERRUPTED
    missed = missed_minimums(result, min_score, min_coverage, min_match)
    for line in missed:
        say(f"twinscore: {line}", err=True)
    return EXIT_BELOW_MINIMUM if missed else 0


def _written(out: Path) -> str:
    from twinscore.scoring.result_files import REPORT_FILE

    page = out / REPORT_FILE
    return f"Written to {out}" + (f": {REPORT_FILE}" if page.is_file() else "")
