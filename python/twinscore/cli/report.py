"""twinscore report: the page of a saved result."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from twinscore.cli.messages import say
from twinscore.images.sources.url import without_secrets

if TYPE_CHECKING:
    from twinscore.scoring.saved_result import SavedResult

SAME = 1e-9
"""Scores of the same images and settings differ by no more."""

REPORT_EXAMPLES = """\b
Examples:
  twinscore report result/
  twinscore report result/ --out page.html --map pca
"""


@click.command(epilog=REPORT_EXAMPLES)
@click.argument("result", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Replaced if it exists. Default: report.html in RESULT.",
)
@click.option(
    "--map",
    "map_method",
    type=click.Choice(["umap", "tsne", "pca"]),
    help="How the map is laid out. Default: t-SNE, of over 10,000 images UMAP if it is installed.",
)
@click.option("--quiet", "-q", is_flag=True, help="No progress.")
def report(result: Path, out: Path | None, map_method: str | None, quiet: bool) -> int:
    """Make the page of a saved RESULT again.

    RESULT is the folder that 'twinscore score --out' wrote. Its images or embeddings are read again
    from where they were, with the settings of then; where they have changed since, nothing is
    written.
    """
    from twinscore.report.page.document import check_page_packages
    from twinscore.report.page.score_page import write_report
    from twinscore.report.terminal.progress import ProgressDisplay
    from twinscore.scoring.result import ScoreResult
    from twinscore.scoring.result_files import REPORT_FILE
    from twinscore.scoring.saved_result import load_result
    from twinscore.scoring.score import score

    check_page_packages()
    saved = load_result(result)
    real, synthetic, options = _described(saved)
    target = out or result / REPORT_FILE
    with ProgressDisplay(quiet=quiet) as progress:
        again = score(real, synthetic, progress=progress, **options)
        if not isinstance(again, ScoreResult):
            raise ValueError(f"{result}: expected a score of all images, got one of a sample")
        if abs(again.score - saved.score) > SAME:
            raise ValueError(
                f"{result}: its images score {again.score:.4f} now, {saved.score:.4f} then: "
                "they have changed, score them again"
            )
        title = f"{without_secrets(synthetic)} against {without_secrets(real)}"
        write_report(again, target, title=title, map_method=map_method, progress=progress)
    if not quiet:
        say(f"Written to {target}")
    return 0


def _described(saved: SavedResult) -> tuple[str, str, dict[str, Any]]:
    """Return where the sides of a result lie, and the keywords of `score` that made it.

    Raises
    ------
    ValueError
        The result does not say.
    """
    inputs, settings = saved.fields.get("inputs"), saved.fields.get("settings")
    if not isinstance(inputs, dict) or not isinstance(settings, dict):
        raise ValueError(f"{saved.folder}: expected a result that says how it was made")
    sides = [inputs.get(side) for side in ("real", "synthetic")]
    if not all(isinstance(side, str) for side in sides):
        raise ValueError(
            f"{saved.folder}: its images were in memory: write its page where they are, "
            "with result.save_report"
        )
    published = settings["published"]
    options = {
        **{name: settings[name] for name in ("k", "seed", "interval", "slice_by")},
        **{name: settings[name] for name in ("collapse_duplicates", "diagnostics")},
        "space": "umap2d" if published else "embedding",
        "convention": "notebook" if published else "exact",
        **settings["images"],
        **settings["search"],
        **(settings["sample"] or {}),
    }
    return str(sides[0]), str(sides[1]), options
