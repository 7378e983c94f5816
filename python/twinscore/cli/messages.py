"""Lines that the program says."""

from __future__ import annotations

import click

from twinscore.base.printable import printable_lines


def say(text: str, *, err: bool = False) -> None:
    """Print lines; what came from outside into them is shown, not obeyed.

    Parameters
    ----------
    text
        One or several lines.
    err
        On standard error.
    """
    click.echo(printable_lines(text), err=err)
