"""A folder that frames land in, and sessions that watch it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

import twinscore as ts
from twinscore.streaming.watching import WatchSession, WatchSettings

if TYPE_CHECKING:
    from pathlib import Path


def write_frame(file: Path, seed: int) -> Path:
    """Write a small picture of noise."""
    pixels = np.random.default_rng(seed).integers(0, 256, (32, 40, 3), dtype=np.uint8)
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(file)
    return file


@dataclass(frozen=True)
class Watched:
    """A folder to watch, what it is compared with, and by which small network."""

    folder: Path
    real: Path
    model: Path

    def open(self, **settings: Any) -> WatchSession:
        """Start, or go on with, a watch that takes every frame at once."""
        usual = {"real": str(self.real), "model": str(self.model), "capacity": 100}
        chosen = WatchSettings(**{**usual, **settings})
        return WatchSession(self.folder, chosen, state=self.folder / ".state.npz", settle=0.0)

    def assert_equals_batch(self, session: WatchSession, **options: Any) -> None:
        """Compare with the score of the folder."""
        result = session.result()
        assert result is not None
        options = {"diagnostics": False, "allow_skips": True, "model": self.model, **options}
        expected = ts.score(self.real, self.folder, **options)
        assert result.score == expected.score
        assert result.groups is None or expected.groups is not None
        assert result.n_seen == expected.n_synthetic == session.counted


def land(watched: Watched, count: int, folders: int = 2) -> list[Path]:
    """Write frames, spread over some folders."""
    return [
        write_frame(watched.folder / f"shot{number % folders}" / f"{number}.png", number)
        for number in range(count)
    ]


def take_all(session: WatchSession) -> None:
    """Read all that has landed."""
    session.rescan()
    take_noticed(session)


def take_noticed(session: WatchSession) -> None:
    """Read all that was noticed."""
    while session.has_finished:
        session.take_finished()
