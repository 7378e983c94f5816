"""A result on disk: the names of its files, and whether they can be written."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

RESULT_FILE = "result.json"
SAMPLES_FILE = "samples.parquet"
REPORT_FILE = "report.html"


def check_writable(directory: str | os.PathLike[str], *, overwrite: bool = False) -> None:
    """Make sure that a result can be written there, before hours are spent on making it.

    Raises
    ------
    FileExistsError
        If there is a result and `overwrite` is not set.
    OSError
        If the directory cannot be made or written.
    """
    folder = Path(directory)
    with naming_target(folder):
        holds_result = (folder / RESULT_FILE).exists()
        nearest = next(place for place in (folder, *folder.parents) if place.exists())
        tempfile.TemporaryFile(dir=nearest).close()
    if holds_result and not overwrite:
        raise FileExistsError(
            f"{folder} already holds a result: choose another folder, or replace the result "
            "with overwrite (--overwrite)"
        )


@contextmanager
def naming_target(target: Path) -> Iterator[None]:
    """Say in an error what could not be written."""
    try:
        yield
    except OSError as error:
        raise OSError(f"cannot write to {target}: {error.strerror or error}") from error
