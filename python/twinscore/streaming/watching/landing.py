"""Frames that were noticed and are not finished yet, as far as one can tell."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from twinscore.images.annotations.stamps import NOT_LOOKED_FOR, is_written_down
from twinscore.images.sources.endings import is_video_name

if TYPE_CHECKING:
    from twinscore.streaming.watching.frames import Signature


@dataclass(frozen=True, slots=True)
class Sighting:
    """A frame and since when it has not changed (on the monotonic clock)."""

    signature: Signature
    since: float


class LandingFrames:
    """Waits until files have not changed for a while.

    Parameters
    ----------
    settle
        Seconds that a file must stay the same before it is read. One that was last written
        longer ago than that is taken at once.
    patience
        Seconds that a file waits, once it stays the same, for an annotation.
    """

    def __init__(self, settle: float, patience: float = 0.0) -> None:
        self._settle = settle
        self._patience = patience
        self._sightings: dict[str, Sighting] = {}

    def __len__(self) -> int:
        """Return the number of frames that wait."""
        return len(self._sightings)

    def __contains__(self, name: str) -> bool:
        return name in self._sightings

    def names(self) -> list[str]:
        """Return the frames that wait, the first seen first."""
        return list(self._sightings)

    def see(self, name: str, signature: Signature) -> None:
        """Note how a file looks now; one that has changed waits anew."""
        known = self._sightings.get(name)
        if known is not None and known.signature == signature:
            return
        now = time.monotonic()
        if known is not None and _was_only_looked_for(known.signature, signature):
            now = known.since
        if known is None and time.time() - signature.modified / 1e9 > self._settle:
            now -= self._settle
        self._sightings[name] = Sighting(signature, now)

    def forget(self, name: str) -> None:
        """Wait for a file no longer."""
        self._sightings.pop(name, None)

    def is_finished(self, name: str) -> bool:
        """Tell whether a file has stayed the same for long enough; an empty one never has."""
        is_whole = self._is_settled(name) and not self._is_empty(name)
        return is_whole and not self.lacks_annotation(name)

    def lacks_annotation(self, name: str) -> bool:
        """Tell whether a file that nobody writes to still waits for its annotation."""
        sighting = self._sightings[name]
        stamp = sighting.signature.annotation
        waited = time.monotonic() - sighting.since - self._settle
        if waited < 0.0 or is_written_down(stamp):
            return False
        # It may be there: how often annotations are looked at depends on how many there are.
        if stamp == NOT_LOOKED_FOR:
            return True
        return waited < self._patience and not is_video_name(name)

    def is_left_behind(self, name: str) -> bool:
        """Tell whether a file was made and never written to."""
        return self._is_settled(name) and self._is_empty(name)

    def _is_settled(self, name: str) -> bool:
        return time.monotonic() - self._sightings[name].since >= self._settle

    def _is_empty(self, name: str) -> bool:
        return self._sightings[name].signature.size == 0


def _was_only_looked_for(before: Signature, now: Signature) -> bool:
    """Tell whether a file is the same, and nothing new is known of its annotation."""
    was_looked_for = before.annotation == NOT_LOOKED_FOR and not is_written_down(now.annotation)
    return was_looked_for and replace(before, annotation=now.annotation) == now
