"""The command line as it was typed, for pages that say how they were made."""

from __future__ import annotations

import shlex

import click

from twinscore.images.sources.url import Url, is_url


def command_line() -> str:
    """Return the words of this run, quoted so that a shell takes them back; without secrets."""
    words = click.get_current_context().find_root().obj or []
    return shlex.join(["twinscore", *map(without_secrets, words)])


def without_secrets(word: str) -> str:
    """Return a URL without its signatures and passwords, and any other word as it is."""
    return Url.of(word).shown if is_url(word) else word
