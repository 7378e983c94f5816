"""Wrong usage: what settings refuse is told as click tells what it refuses itself."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def refusals_are_usage() -> Iterator[None]:
    """Make a refused setting wrong usage, code 2; data that are refused stay errors, code 1.

    Raises
    ------
    click.UsageError
        For a `ValueError` or `TypeError` of what runs inside.
    """
    try:
        yield
    except (ValueError, TypeError) as error:
        raise click.UsageError(str(error)) from error
