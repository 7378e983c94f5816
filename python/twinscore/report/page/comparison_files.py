"""A comparison on disk: comparison.json and, where the packages are there, comparison.html."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from twinscore.base.errors import MissingExtraError
from twinscore.base.logs import logger_of
from twinscore.report.page.comparison_page import COMPARISON_FILE, write_comparison

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from twinscore.comparison import Comparison
    from twinscore.scoring.result import ScoreResult

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
    from twinscore.scoring.result_files import check_writable

    check_writable(folder, overwrite=True)


def save_comparison(
    comparison: Comparison,
    folder: Path,
    *,
    results: tuple[ScoreResult, ScoreResult] | None,
    giveaways: tuple[Sequence[tuple[str, float]], Sequence[tuple[str, float]]] | None,
    command: str | None,
    threads: int | None,
) -> None:
    """Write both files; see ``write_comparison``."""
    target = folder / JSON_FILE
    partial = folder / f".{JSON_FILE}.{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        partial.write_text(comparison.to_json(), encoding="utf-8")
        partial.replace(target)
    except OSError as error:
        raise OSError(f"cannot write to {target}: {error.strerror or error}") from error
    finally:
        partial.unlink(missing_ok=True)
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
