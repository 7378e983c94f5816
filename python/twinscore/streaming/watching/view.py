"""What a watch shows: a live panel on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Self

from rich.console import Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from twinscore.base.printable import printable
from twinscore.images.sources.passed_over import describe_passed_over
from twinscore.report.score_range import closeness_rows
from twinscore.report.terminal.console import Console
from twinscore.report.terminal.details import overlap_text
from twinscore.report.view_words import NAMES
from twinscore.streaming.stream_richness import StreamRichness

if TYPE_CHECKING:
    from types import TracebackType

    from twinscore.scoring.views.scores import ViewScore
    from twinscore.streaming import StreamResult
    from twinscore.streaming.watching.session import WatchSession

SECONDS_BETWEEN_LINES = 10.0
SCALE_WIDTH = 40
SCORES_SHOWN = 40
MOST_DRIFTS = 3
SPARKS = "▁▂▃▄▅▆▇█"
RATE_SECONDS = 30.0


class WatchView:
    """Shows the score of a folder on standard error.

    Parameters
    ----------
    quiet
        Show nothing.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self._console = Console(stderr=True, quiet=quiet, highlight=False)
        self._is_live = self._console.is_terminal and not quiet
        self._live = Live(console=self._console, auto_refresh=False)
        self._scores: deque[float] = deque(maxlen=SCORES_SHOWN)
        self._counts: deque[tuple[float, int]] = deque()
        self._next_line = 0.0

    def __enter__(self) -> Self:
        """Start drawing."""
        if self._is_live:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the last picture."""
        if self._is_live:
            self._live.stop()

    def show(self, session: WatchSession, result: StreamResult | None, *, is_new: bool) -> None:
        """Show how things stand.

        Parameters
        ----------
        session
            The watch.
        result
            Its last score, None before the first.
        is_new
            Whether the score was not shown before.
        """
        if result is not None and is_new:
            self._scores.append(result.score)
        if self._is_live:
            self._live.update(self._panel(session, result), refresh=True)
        elif time.monotonic() >= self._next_line and (is_new or session.waiting):
            self._next_line = time.monotonic() + SECONDS_BETWEEN_LINES
            self._console.print(summary_line(session, result), soft_wrap=True)

    def _panel(self, session: WatchSession, result: StreamResult | None) -> Group:
        heading = Text("Indistinguishability Score  ")
        figures = Table.grid(padding=(0, 2))
        if result is None:
            reason = session.obstacle if session.counted else None
            heading.append(printable(reason) if reason else "waiting for frames", style="dim")
        else:
            heading.append(f"{result.score:.3f}", style="bold")
            heading.append(f"\n{printable(_verdict(result))}")
            for name, value in _figures(result):
                figures.add_row(Text(name, style="dim"), Text(value))
            if len(self._scores) > 1:
                figures.add_row(Text("So far", style="dim"), Text(sparkline(list(self._scores))))
        figures.add_row(Text("Frames", style="dim"), Text(self._frames(session)))
        if session.latest is not None:
            figures.add_row(
                Text("Latest", style="dim"), Text(printable(session.latest), no_wrap=True)
            )
        for name, reason in list(session.unreadable.items())[-3:]:
            figures.add_row(
                Text("Unreadable", style="yellow"), Text(printable(f"{name}: {reason}"))
            )
        for drift in result.drift[:MOST_DRIFTS] if result is not None else ():
            figures.add_row(Text("Drift", style="yellow"), Text(printable(drift.sentence)))
        for warning in result.warnings if result is not None else ():
            figures.add_row(Text("Note", style="yellow"), Text(printable(warning)))
        if session.passed_over:
            passed_over = describe_passed_over(session.passed_over)
            figures.add_row(Text("Note", style="yellow"), Text(printable(passed_over)))
        if session.annotation_trouble is not None and result is None:
            trouble = f"no annotations at the moment: {session.annotation_trouble}"
            figures.add_row(Text("Note", style="yellow"), Text(printable(trouble)))
        if session.trouble is not None:
            figures.add_row(Text("Trouble", style="yellow"), Text(printable(session.trouble)))
        scale = _scale(result.score) if result is not None else Text()
        return Group(heading, scale, figures, Text("Ctrl-C stops; nothing is lost.", style="dim"))

    def _frames(self, session: WatchSession) -> str:
        now = time.monotonic()
        self._counts.append((now, session.counted))
        while now - self._counts[0][0] > RATE_SECONDS:
            self._counts.popleft()
        since, before = self._counts[0]
        rate = (session.counted - before) / (now - since) if now > since else 0.0
        parts = [f"{session.counted:,} counted", f"{session.waiting:,} landing"]
        if session.lacking_annotations:
            parts.append(f"{session.lacking_annotations:,} of them without annotation yet")
        if session.unreadable:
            parts.append(f"{len(session.unreadable):,} unreadable")
        return ", ".join(parts) + f" ({rate:.1f} a second)"


def summary_line(session: WatchSession, result: StreamResult | None) -> str:
    """Say in one line how things stand."""
    counts = f"{session.counted:,} frames counted, {session.waiting:,} landing"
    if session.lacking_annotations:
        counts += f" ({session.lacking_annotations:,} without annotation yet)"
    if session.unreadable:
        counts += f", {len(session.unreadable):,} unreadable"
    if session.passed_over:
        counts += f"; {printable(describe_passed_over(session.passed_over))}"
    if session.annotation_trouble is not None:
        counts += f"; no annotations at the moment: {printable(session.annotation_trouble)}"
    if session.trouble is not None:
        counts += f" ({printable(session.trouble)})"
    if result is None:
        reason = f" ({printable(session.obstacle)})" if session.counted and session.obstacle else ""
        return f"no score yet: {counts}{reason}"
    low, high = result.interval
    score = f"score {result.score:.3f} ({low:.2f} to {high:.2f}), "
    score += f"overlap {overlap_text(result.overlap)}"
    if result.closeness is not None:
        score += f", closeness {result.closeness.value:.3f}"
    drift = f" {printable(result.drift[0].sentence)}" if result.drift else ""
    return f"{score}: {counts}. {printable(_verdict(result))}{drift}"


def _verdict(result: StreamResult) -> str:
    return result.verdict if result.views is None else result.views.verdict


def sparkline(values: list[float]) -> str:
    """Draw values as a row of bars between their lowest and highest."""
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    return "".join(SPARKS[round((value - low) / span * (len(SPARKS) - 1))] for value in values)


def _figures(result: StreamResult) -> list[tuple[str, str]]:
    low, high = result.interval
    null_low, null_high = result.null_interval
    rows = [
        ("Interval", f"{low:.3f} to {high:.3f}"),
        (
            "Overlap",
            f"{overlap_text(result.overlap)}, the share of frames that could be real images",
        ),
        ("Chance", f"a perfect twin would score {max(null_low, 0.0):.2f} to {null_high:.2f}"),
        ("Real images", f"{result.n_real:,}"),
        ("Kept", f"{result.n_kept:,} of {result.n_seen:,} frames"),
    ]
    rows[2:2] = closeness_rows(result.closeness)
    richness = result.richness
    if isinstance(richness, StreamRichness) and not richness.domain_gap:
        low, high = richness.intervals["coverage"]
        rows.insert(
            2, ("Coverage", f"{richness.coverage:.2f} of reality ({low:.2f} to {high:.2f})")
        )
    if result.sampling != "all":
        rows.append(
            (
                "All seen",
                f"{result.score_at_seen_ratio:.3f} is the score at the ratio of all frames",
            )
        )
    if result.views is not None:
        rows[:0] = [_view_row(row) for row in result.views.rows]
    return rows


def _view_row(row: ViewScore) -> tuple[str, str]:
    name = NAMES[row.view].capitalize()
    pictures = f"{row.n_synthetic:,} beside {row.n_real:,} real ones"
    if row.score is None or row.interval is None:
        return name, f"{row.standing.value}: {pictures}"
    low, high = row.interval
    return name, f"{row.score:.3f} ({low:.2f} to {high:.2f}) {row.standing.value}: {pictures}"


def _scale(score: float) -> Text:
    filled = round(min(max(score, 0.0), 1.0) * SCALE_WIDTH)
    scale = Text("told apart 0 ").append("█" * filled, style="bold")
    return scale.append("░" * (SCALE_WIDTH - filled), style="dim").append(" 1 perfectly mixed")
