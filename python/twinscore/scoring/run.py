"""One run: its settings, and whom it tells how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twinscore.base.progress import stage_of

if TYPE_CHECKING:
    from twinscore.base.progress import ProgressCallback, StageProgress
    from twinscore.scoring.settings import ScoreSettings


@dataclass(frozen=True, slots=True)
class Run:
    """What every step of a run is given.

    Attributes
    ----------
    settings
        How to score.
    progress
        Called now and then with (stage, done, total), or None.
    """

    settings: ScoreSettings
    progress: StageProgress | None = None

    def stage(self, name: str) -> ProgressCallback:
        """Return the callback of one stage."""
        return stage_of(self.progress, name)
