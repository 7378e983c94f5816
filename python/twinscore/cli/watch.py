"""twinscore watch: the score of a render that is still running."""

from __future__ import annotations

import os
import signal
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from twinscore.base.interruption import interrupts_postponed
from twinscore.cli.exit_codes import EXIT_BELOW_MINIMUM
from twinscore.cli.messages import say
from twinscore.cli.numbers import Number
from twinscore.cli.object_options import object_options_of_watch
from twinscore.cli.options import (
    allow_remote_paths_option,
    device_option,
    exposure_option,
    log_option,
    model_option,
    neighbors_option,
    threads_option,
    video_interval_option,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from twinscore.images.views.settings import ViewSettings
    from twinscore.integrations.loggers import ResultLog
    from twinscore.streaming import StreamResult
    from twinscore.streaming.watching import WatchSession
    from twinscore.streaming.watching.reporting import Reporter

STATE_FILE = ".twinscore-watch.npz"
SECONDS_BETWEEN_RESCANS = 60.0
RESCANNING_PAUSES = 20.0
"""The whole folder is listed once a minute, and after so many times what that took."""

WATCH_EXAMPLES = """\b
Examples:
  twinscore watch renders/ --real photos/
  twinscore watch renders/ --real photos/ --out scores.jsonl --until-idle 600
  twinscore watch renders/ --real photos.store --group-by folder:1
  twinscore watch exr/ --real 'photos/**/*.jpg' --exposure 1.5
  twinscore watch /mnt/farm/job7 --real photos/ --poll
  twinscore watch renders/ --real photos/ --stop-below 0.3 --after 500
  twinscore watch renders/ --real photos.json --objects renders/labels/
"""


@click.command(epilog=WATCH_EXAMPLES)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--real",
    required=True,
    help="Real images or their embeddings: all that 'twinscore score' takes.",
)
@neighbors_option
@click.option(
    "--capacity",
    type=click.IntRange(2),
    help="Frames kept at most; beyond, a uniform sample. Default: as many as real images.",
)
@model_option
@device_option
@click.option(
    "--group-by",
    metavar="COLUMN",
    help="Images of one folder are correlated (a clip, a scene) and count as one: folder, or "
    "folder:1 (the outermost). Both sides must have it.",
)
@exposure_option
@video_interval_option
@allow_remote_paths_option
@object_options_of_watch
@click.option(
    "--wait-for-objects",
    default=60.0,
    show_default=True,
    type=Number(min=0),
    metavar="SECONDS",
    help="With --objects, how long a frame waits for its annotation before it counts without; one "
    "that lands later is taken in then.",
)
@click.option(
    "--state",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help=f"Where the watch goes on from after a restart. Default: {STATE_FILE} in FOLDER.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    metavar="FILE|-",
    help="Append a line of JSON for each new score; - for standard output.",
)
@log_option
@click.option(
    "--stop-below",
    type=Number(),
    metavar="X",
    help="Exit with code 3 once the score is lower, of annotated frames that of any view; see "
    "--after.",
)
@click.option(
    "--after",
    default=100,
    show_default=True,
    type=click.IntRange(2),
    metavar="N",
    help="Frames that must have been seen before --stop-below counts; of a view, as many pictures.",
)
@click.option(
    "--until-idle",
    type=Number(min=0),
    metavar="SECONDS",
    help="Exit with code 0 when no frame has landed for that long. Default: watch on.",
)
@click.option(
    "--settle",
    default=1.0,
    show_default=True,
    type=Number(min=0),
    metavar="SECONDS",
    help="A frame is read when its file has not changed for that long.",
)
@click.option(
    "--poll",
    is_flag=True,
    help="List the folder every second: for network file systems, which tell nobody of changes "
    "made on other machines. Without, the folder is listed once a minute.",
)
@threads_option
@click.option("--seed", default=0, show_default=True, help="Of the sample and of draws.")
@click.option("--quiet", "-q", is_flag=True, help="No live view.")
def watch(
    folder: Path,
    real: str,
    k: int,
    capacity: int | None,
    model: str,
    device: str,
    group_by: str | None,
    exposure: float | None,
    video_interval: float,
    allow_remote_paths: bool,
    views: ViewSettings | None,
    wait_for_objects: float,
    state: Path | None,
    out: Path | None,
    log: ResultLog,
    stop_below: float | None,
    after: int,
    until_idle: float | None,
    settle: float,
    poll: bool,
    threads: int | None,
    seed: int,
    quiet: bool,
) -> int:
    """Score the frames in FOLDER as they land, against REAL.

    Frames may be half-written, renamed, replaced or deleted meanwhile: what counts is every frame
    as it is once nobody writes to it. Killed and started again, the watch goes on where it was and
    counts nothing twice. Clips count by their frames, as in 'twinscore score'; hidden files and
    links are passed over.

    With --objects, every frame is looked at in several views: its objects, the world around them,
    and the whole. It waits for its annotation, which may land after it; one that changes is taken
    in anew.
    """
    from filelock import FileLock, Timeout

    from twinscore.integrations.loggers.frame_pictures import listener_of
    from twinscore.report.terminal.progress import ProgressDisplay
    from twinscore.streaming.watching import WatchSession, WatchSettings
    from twinscore.streaming.watching.changes import changes_in
    from twinscore.streaming.watching.json_lines import JsonLines
    from twinscore.streaming.watching.reporting import Reporter

    settings = WatchSettings(
        real,
        model,
        k,
        capacity,
        seed,
        group_by,
        exposure,
        video_interval,
        allow_remote_paths,
        _checked(views),
    )
    folder_given, folder = folder, Path(os.path.abspath(folder))  # noqa: PTH100
    changes = changes_in(folder, poll=poll)
    state = state or folder / STATE_FILE
    if not folder.is_dir():
        raise FileNotFoundError(f"expected a folder to watch, but {str(folder_given)!r} is none")
    if not state.parent.is_dir():
        raise FileNotFoundError(f"cannot write to {state}: {state.parent} is no folder")
    lines = JsonLines(out) if out is not None else None
    lock = FileLock(state.with_name(f".{state.name.lstrip('.')}.lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise ValueError(f"another watch is running on {state}: stop it first") from None
    with lock:
        with ProgressDisplay(quiet=quiet) as progress:
            session = WatchSession(
                folder,
                settings,
                state=state,
                settle=settle,
                patience=wait_for_objects,
                device=device,
                threads=threads,
                progress=progress,
            )
        listener = listener_of(log, session.of_frames, folder)
        report = Reporter(session, lines, quiet=quiet, listener=listener)
        with log, report, _stopped_by_termination():
            try:
                code = _watch(session, changes, report, stop_below, after, until_idle)
            finally:
                with interrupts_postponed():
                    session.save()
        if not quiet:
            say(report.conclusion(), err=report.keeps_standard_output)
    return code


def _watch(
    session: WatchSession,
    changes: Iterator[set[str]],
    report: Reporter,
    stop_below: float | None,
    after: int,
    until_idle: float | None,
) -> int:
    session.rescan()
    busy_at = time.monotonic()
    rescan_at = busy_at + SECONDS_BETWEEN_RESCANS
    while True:
        taken = session.take_finished()
        changed = set() if session.has_finished else next(changes)
        left = session.notice(changed)
        is_idle = until_idle is not None and time.monotonic() - busy_at >= until_idle
        if is_idle or time.monotonic() >= rescan_at:
            started = time.monotonic()
            left += session.rescan()
            pause = RESCANNING_PAUSES * (time.monotonic() - started)
            rescan_at = time.monotonic() + max(SECONDS_BETWEEN_RESCANS, pause)
        if taken or left:
            report.changed()
        if taken or left or session.is_busy:
            busy_at = time.monotonic()
            is_idle = False
        report.refresh(at_once=is_idle)
        session.save_now_and_then()
        too_low = _too_low(report.result, stop_below, after)
        if too_low is not None:
            say(f"twinscore: {too_low}", err=True)
            return EXIT_BELOW_MINIMUM
        if is_idle:
            return 0


def _too_low(result: StreamResult | None, stop_below: float | None, after: int) -> str | None:
    """Say which score is too low, where one is; of views, the first."""
    if result is None or stop_below is None:
        return None
    if result.n_seen < after:
        return None
    views = {"": result} if result.views is None else dict(result.views)
    for view, each in views.items():
        # Of few frames there may be many objects, and of many few.
        if each.n_seen >= after and each.score < stop_below:
            of, kind = (f" of {view}", "pictures") if view else ("", "frames")
            score = f"score{of} {each.score:.4f} of {each.n_seen:,} {kind}"
            return f"{score} is below {stop_below:g}"
    return None


def _checked(views: ViewSettings | None) -> ViewSettings | None:
    """Refuse a watch of objects without a place where their annotations land."""
    if views is not None and views.synthetic_objects is None:
        raise click.UsageError(
            "expected --objects with the annotations of the frames, got none: a file or folder "
            "where they are yet to land"
        )
    return views


@contextmanager
def _stopped_by_termination() -> Iterator[None]:
    """Let the signal that farms stop jobs with act like Ctrl-C, so that the state is saved."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
