"""The command line as it was typed, for pages that say how they were made."""

from __future__ import annotations

import shlex

import click

from twinscore.images.sources.url import without_secrets


def command_line() -> str:
    """Return the words of this run, quoted so that a shell takes them back; without secrets."""
    words = click.get_current_context().find_root().obj or []
    return shlex.join(["twinscore", *map(without_secrets, words)])
