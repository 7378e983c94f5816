"""The command line: one file a command; each translates words into calls."""

from twinscore.cli.program import main

__all__ = ["main"]
