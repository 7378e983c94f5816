"""Where results are written: options that several commands take."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])
Option = Callable[[Command], Command]


def out_option(files: str) -> Option[Any]:
    """Return `--out`, a folder.

    Parameters
    ----------
    files
        That are written there.
    """
    return click.option(
        "--out",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help=f"Write {files}.",
    )


def overwrite_option(held: str) -> Option[Any]:
    """Return `--overwrite`.

    Parameters
    ----------
    held
        What --out may hold already, with its article.
    """
    return click.option(
        "--overwrite", is_flag=True, help=f"Replace {held} that --out already holds."
    )


def json_option(what: str, without: str) -> Option[Any]:
    """Return `--json`, a file or standard output, as `json_target`.

    Parameters
    ----------
    what
        Is written.
    without
        What is not printed when it goes to standard output.
    """
    return click.option(
        "--json",
        "json_target",
        type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
        metavar="FILE|-",
        help=f"Write (or replace) {what} as JSON; - for standard output, without {without}.",
    )


def print_json_option(help_text: str) -> Option[Any]:
    """Return `--json` of a command that prints its answer, as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help=help_text)
