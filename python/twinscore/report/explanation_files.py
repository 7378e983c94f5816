"""An explanation on disk: its figures, and images before and after the strongest repairs."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from twinscore.base.errors import MissingExtraError
from twinscore.report.page.explanation_sections import write_explanation_page
from twinscore.report.repair_pictures import repair_pictures
from twinscore.scoring.result_files import naming_target, save_json

if TYPE_CHECKING:
    from pathlib import Path

    from twinscore.scoring.explanation.records import Explanation
    from twinscore.scoring.scored_pool import ScoredPool

EXPLANATION_FILE = "explanation.json"
PAGE_FILE = "explanation.html"
PICTURES_FOLDER = "repairs"


def check_explanation_folder(folder: Path, *, overwrite: bool) -> None:
    """Make sure that an explanation can be written there, before time is spent on it.

    Raises
    ------
    FileExistsError
        If there is one and `overwrite` is not set.
    OSError
        If the folder cannot be made or written.
    """
    from twinscore.scoring.result_files import check_writable

    check_writable(folder, overwrite=True)
    if (folder / EXPLANATION_FILE).exists() and not overwrite:
        raise FileExistsError(
            f"{folder} already holds an explanation: choose another folder, or replace it with "
            "--overwrite"
        )


def save_explanation(
    explanation: Explanation, pool: ScoredPool, folder: Path, *, title: str, seed: int
) -> None:
    """Write `explanation.json`, pictures into `repairs`, and a page where that can be made.

    Parameters
    ----------
    explanation
        What was found.
    pool
        What was scored: leads to the images.
    folder
        Made if it does not exist; pictures of an older explanation are removed.
    title
        Heading of the page.
    seed
        Of the choice of images.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    with naming_target(folder):
        folder.mkdir(parents=True, exist_ok=True)
        save_json(explanation.to_json(), folder / EXPLANATION_FILE)
        pictures = folder / PICTURES_FOLDER
        (folder / PAGE_FILE).unlink(missing_ok=True)
        for old in pictures.glob("[0-9]-*-[0-9]-*.png"):
            old.unlink()
        if explanation.repairs:
            pictures.mkdir(exist_ok=True)
        shown: dict[int, int] = {}
        for picture in repair_pictures(explanation.repairs, pool, seed=seed):
            shown[picture.repair] = shown.get(picture.repair, 0) + 1
            fact = explanation.repairs[picture.repair].fact
            stem = f"{picture.repair + 1}-{fact}-{shown[picture.repair]}"
            picture.before.save(pictures / f"{stem}-before.png")
            picture.after.save(pictures / f"{stem}-after.png")
    # A page needs packages of an extra; all that it shows is in the other files.
    with contextlib.suppress(MissingExtraError):
        write_explanation_page(explanation, pool, folder / PAGE_FILE, title=title, seed=seed)
