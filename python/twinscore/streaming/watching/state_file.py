"""The one file that a watch goes on from."""

from __future__ import annotations

import time
from glob import escape
from typing import TYPE_CHECKING, Any

from twinscore.base.saved_state import Fields
from twinscore.images.views.settings import SCENES
from twinscore.streaming.scorer import StreamingScorer
from twinscore.streaming.snapshot import Snapshot
from twinscore.streaming.state_archive import PARTIAL
from twinscore.streaming.views.scorer import StreamingViews
from twinscore.streaming.views.snapshot import ViewsSnapshot
from twinscore.streaming.watching.ledger import Ledger
from twinscore.streaming.watching.settings import check_same_watch

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SECONDS_BETWEEN_SAVES = 2.0
SAVING_SHARE = 0.05
"""State is saved no oftener than this, in seconds and in the share of time it takes."""


class StateFile:
    """Scorer and ledger on disk, together.

    Parameters
    ----------
    file
        What earlier watches left half-written beside it is deleted.
    identity
        Of the watch: state of another one is refused.

    Attributes
    ----------
    is_stale
        Whether there is anything that the file does not hold.
    """

    def __init__(self, file: Path, identity: Mapping[str, Any]) -> None:
        self._file = file
        self._identity = identity
        self._written_at = time.monotonic()
        self._seconds = 0.0
        self.is_stale = False
        for left_over in file.parent.glob(f".{escape(file.name)}.*{PARTIAL}"):
            left_over.unlink(missing_ok=True)

    @property
    def exists(self) -> bool:
        """Whether a watch was here before."""
        return self._file.exists()

    @property
    def is_due(self) -> bool:
        """Whether there is anything new and the last time is long enough ago."""
        pause = max(SECONDS_BETWEEN_SAVES, self._seconds / SAVING_SHARE)
        return self.is_stale and time.monotonic() - self._written_at > pause

    def wait_anew(self) -> None:
        """Be due later: the disk may have room again by then."""
        self._written_at = time.monotonic()

    def write(self, scorer: StreamingScorer | StreamingViews, ledger: Ledger) -> None:
        """Write both.

        Raises
        ------
        OSError
            The file cannot be written; an older one is as it was.
        """
        started = time.monotonic()
        notes = {
            "watch": self._identity,
            "ledger": ledger.to_json(),
            "objects": ledger.objects_to_json(),
        }
        scorer.snapshot().write(self._file, notes)
        self._written_at = time.monotonic()
        self._seconds = self._written_at - started
        self.is_stale = False

    def resumed(
        self, device: str, threads: int | None
    ) -> tuple[StreamingScorer | StreamingViews, Ledger]:
        """Read what `write` wrote.

        Raises
        ------
        ValueError
            The file is damaged, or holds the state of another watch.
        """
        kind = ViewsSnapshot if ViewsSnapshot.is_in(self._file) else Snapshot
        snapshot, notes = kind.read_with_notes(self._file)
        saved = Fields(notes)
        try:
            watch = saved.fields("watch").values
            ledger = Ledger.from_json(
                saved.rows("ledger", Ledger.WIDTH),
                saved.rows("objects", Ledger.OBJECTS_WIDTH) if "objects" in notes else [],
            )
            ledger.check_counts(_kept(snapshot))
        except ValueError as error:
            raise ValueError(
                f"{str(self._file)!r} is not the complete state of a watch: {error}; "
                "delete it to start anew"
            ) from error
        check_same_watch(watch, self._identity, self._file)
        if isinstance(snapshot, ViewsSnapshot):
            return StreamingViews.restore(snapshot, device=device, threads=threads), ledger
        return StreamingScorer.restore(snapshot, device=device, threads=threads), ledger


def _kept(snapshot: Snapshot | ViewsSnapshot) -> dict[str, tuple[str | None, ...]]:
    """Return by view the names of what a score keeps."""
    if isinstance(snapshot, ViewsSnapshot):
        return {view: each.ids for view, each in snapshot.scorers.items()}
    return {SCENES: snapshot.ids}
