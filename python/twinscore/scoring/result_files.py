"""A result on disk: its files, whole or absent whenever the process stops."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from twinscore.base.durable import partial_of, write_parquet, write_text

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    import pyarrow as pa

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


def save_result(
    text: str, samples: pa.Table, directory: str | os.PathLike[str], *, overwrite: bool
) -> None:
    """Write `result.json` and `samples.parquet`; see `Estimate.save`."""
    check_writable(directory, overwrite=overwrite)
    folder = Path(directory)
    partial = partial_of(folder / SAMPLES_FILE)
    with naming_target(folder):
        folder.mkdir(parents=True, exist_ok=True)
        write_parquet(partial, samples)
        try:
            write_text(folder / RESULT_FILE, text)
            partial.replace(folder / SAMPLES_FILE)
        finally:
            partial.unlink(missing_ok=True)
        # A page that is left would speak of the result that was replaced.
        (folder / REPORT_FILE).unlink(missing_ok=True)


def save_json(text: str, file: str | os.PathLike[str]) -> None:
    """Write a text to any file, in the place of an older one; a crash leaves one of the two.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    target = Path(file)
    with naming_target(target):
        if target.exists() and not target.is_file():
            target.write_text(text, encoding="utf-8")  # a pipe or device
        else:
            write_text(target, text)
