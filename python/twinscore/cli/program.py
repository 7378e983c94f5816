"""The program: its commands, its exit codes, and errors in one clear line."""

from __future__ import annotations

import io
import logging
import sys
import traceback
from typing import TYPE_CHECKING, Any

import click

from twinscore._version import __version__
from twinscore.base.errors import SettingError
from twinscore.base.printable import printable, printable_lines
from twinscore.base.standard_output import nobody_reads
from twinscore.cli.bench.command import bench
from twinscore.cli.compare import compare
from twinscore.cli.demo.command import demo
from twinscore.cli.domain import domain
from twinscore.cli.embed import embed
from twinscore.cli.exit_codes import EXIT_ERROR, EXIT_INTERRUPTED
from twinscore.cli.explain import explain
from twinscore.cli.history import history
from twinscore.cli.model import model
from twinscore.cli.plan import plan
from twinscore.cli.report import report
from twinscore.cli.schema import schema
from twinscore.cli.score import score
from twinscore.cli.size import size
from twinscore.cli.store import store
from twinscore.cli.watch import watch

if TYPE_CHECKING:
    from collections.abc import Sequence

DEBUG = "--debug"

CALLERS_MISTAKES = (ValueError, TypeError, OSError, ImportError, MemoryError)
"""What is said in one line because the line tells what to do; all else is an error of our own."""


class _Program(click.Group):
    """Commands whose readers may stop reading, as head does, and that refuse settings as usage."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command asked for."""
        try:
            return super().invoke(ctx)
        except SettingError as error:
            # Whatever finds it, after click's own checks: data that are refused stay errors.
            raise click.UsageError(str(error)) from error
        except BrokenPipeError as error:
            if nobody_reads():
                return 0
            raise OSError(str(error)) from error


@click.group(
    cls=_Program,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="twinscore")
def cli() -> None:
    """Tell how far synthetic images can still be told apart from real ones."""


def _take_debug(command: click.Command) -> None:
    """Let a command, and those below it, be asked for tracebacks."""
    command.params.append(
        click.Option(
            [DEBUG], is_flag=True, expose_value=False, help="Show the traceback of an error."
        )
    )
    for below in getattr(command, "commands", {}).values():
        _take_debug(below)


for command in (
    score,
    report,
    explain,
    compare,
    domain,
    plan,
    size,
    embed,
    watch,
    history,
    model,
    store,
    schema,
    bench,
    demo,
):
    cli.add_command(command)
_take_debug(cli)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 error, 2 usage, 3 minimum not reached."""
    logging.basicConfig(level=logging.WARNING, format="twinscore: %(message)s")
    for stream in (sys.stdout, sys.stderr):
        # A terminal that lacks a character shows a question mark in its place.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    code = _run(sys.argv[1:] if arguments is None else list(arguments))
    nobody_reads()
    sys.exit(code)


def _run(words: list[str]) -> int:
    try:
        return int(cli.main(words, standalone_mode=False, obj=words) or 0)
    except click.ClickException as error:
        shown = io.StringIO()
        error.show(shown)
        click.echo(printable_lines(shown.getvalue()), err=True, nl=False)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("twinscore: stopped", err=True)
        return EXIT_INTERRUPTED
    except Exception as error:
        return _failed(error, words)


def _failed(error: Exception, words: list[str]) -> int:
    if DEBUG in words:
        click.echo(printable_lines("".join(traceback.format_exception(error))), err=True, nl=False)
    if isinstance(error, CALLERS_MISTAKES):
        message = _one_line(error)
    else:
        from twinscore.cli.error_log import write_error_log

        log = write_error_log(error, words)
        seen = f"the traceback is in {log}" if log is not None else "--debug shows the traceback"
        message = (
            f"this should not have happened ({type(error).__name__}: {_one_line(error)}); {seen}"
        )
    click.echo(f"twinscore: error: {printable(message)}", err=True)
    return EXIT_ERROR


def _one_line(error: BaseException) -> str:
    if isinstance(error, MemoryError):
        return "out of memory"
    if type(error) is OSError and error.strerror and error.filename is None:
        return error.strerror
    return " ".join(str(error).split()) or type(error).__name__
