"""A comparison on disk: comparison.json and, where the packages are there, comparison.html."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twinscore.base.errors import MissingExtraError
from twinscore.base.logs import logger_of
from twinscore.report.page.comparison_page import COMPARISON_FILE, write_comparison
from twinscore.scoring.result_files import check_writable, naming_target, save_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from twinscore.comparison import Comparison
    from twinscore.scoring.estimate import Estimate

JSON_FILE = "comparison.json"

_logger = logger_of(__name__)


def check_comparison_folder(folder: Path, *, overwrite: bool) -> None:
    """Make sure that a comparison can be written there, before hours are spent on making it.

    Raises
    ------
    FileExistsError
        There is one, and `overwrite` is not set.
    OSError
        The folder cannot be made or written.
    """
    if (folder / JSON_FILE).exists() and not overwrite:
        raise FileExistsError(
            f"{folder} already holds a comparison: choose another folder, or replace it with "
            "--overwrite"
        )
    check_writable(folder, overwrite=True)


def save_comparison(
    comparison: Comparison,
    folder: Path,
    *,
    results: tuple[Estimate, Estimate] | None,
    giveaways: tuple[Sequence[tuple[str, float]], Sequence[tuple[str, float]]] | None,
    command: str | None,
    threads: int | None,
) -> None:
    """Write both files; see ``write_comparison``."""
    with naming_target(folder):
        folder.mkdir(parents=True, exist_ok=True)
    save_json(comparison.to_json(), folder / JSON_FILE)
    (folder / COMPARISON_FILE).unlink(missing_ok=True)
    try:
        write_comparison(
            comparison,
            folder / COMPARISON_FILE,
            results=results,
            giveaways=giveaways,
            command=command,
            threads=threads,
        )
    except MissingExtraError as error:
        _logger.warning("no %s: %s", COMPARISON_FILE, error)
