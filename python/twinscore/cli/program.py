"""The program: its commands, its exit codes, and errors in one clear line."""

from __future__ import annotations

import io
import logging
import sys
from typing import TYPE_CHECKING

import click

from twinscore._version import __version__
from twinscore.cli.bench.command import bench
from twinscore.cli.compare import compare
from twinscore.cli.demo.command import demo
from twinscore.cli.embed import embed
from twinscore.cli.exit_codes import EXIT_ERROR, EXIT_INTERRUPTED
from twinscore.cli.history import history
from twinscore.cli.model import model
from twinscore.cli.score import score
from twinscore.cli.watch import watch

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="twinscore")
def cli() -> None:
    """Tell how far synthetic images can still be told apart from real ones."""


for command in (score, compare, embed, watch, history, model, bench, demo):
    cli.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 error, 2 usage, 3 minimum not reached."""
    logging.basicConfig(level=logging.WARNING, format="twinscore: %(message)s")
    for stream in (sys.stdout, sys.stderr):
        # A terminal that lacks a character shows a question mark in its place.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    sys.exit(_run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    try:
        words = sys.argv[1:] if arguments is None else list(arguments)
        return int(cli.main(words, standalone_mode=False, obj=words) or 0)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("twinscore: stopped", err=True)
        return EXIT_INTERRUPTED
    except (ValueError, TypeError, OSError, ImportError, MemoryError) as error:
        click.echo(f"twinscore: error: {_one_line(error)}", err=True)
        return EXIT_ERROR


def _one_line(error: BaseException) -> str:
    if isinstance(error, MemoryError):
        return "out of memory"
    if type(error) is OSError and error.strerror and error.filename is None:
        return error.strerror
    return " ".join(str(error).split()) or type(error).__name__
