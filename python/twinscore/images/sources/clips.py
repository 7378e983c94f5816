"""Video clips: frames at an interval, one clip one group."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import TYPE_CHECKING

from twinscore.base.errors import UnreadableImageError
from twinscore.images.records import ImageItem
from twinscore.images.sources.failure import FailedImage, FailedSource
from twinscore.images.sources.remote_file import origin_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    import numpy.typing as npt

    from twinscore.images.decoding.video import FrameReader

    Pixels = npt.NDArray[np.uint8]

CLIP_COLUMNS = ("clip", "seconds")

DEFAULT_INTERVAL = 1.0


class Clip:
    """Frames of one video file, at equal intervals from its first frame.

    Every frame is the one that a player shows at that time; they are "shot.mp4 at 12 s", form
    one group, and carry the columns ``clip`` and ``seconds``. Frames are decoded one after the
    other when they are taken, and a clip of which none is taken is not decoded at all.

    Parameters
    ----------
    path
        The file.
    interval
        Seconds between two frames; where a clip has fewer frames, all of them are taken.
    typed
        What names begin with; None for the path.

    Raises
    ------
    MissingExtraError
        PyAV is not installed.
    UnreadableImageError
        The file is no video, or does not say how long it is.
    ValueError
        The interval is not positive.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        interval: float = DEFAULT_INTERVAL,
        typed: str | None = None,
    ) -> None:
        # Brings in Pillow, which `import twinscore` is to do without.
        from twinscore.images.decoding.video import read_timing

        check_interval(interval)
        self._path = Path(path)
        self._typed = os.fspath(path) if typed is None else typed
        timing = read_timing(self._path)
        step = max(interval, timing.frame_seconds)
        # Half a frame of slack: headers round, and no frame begins where the clip ends.
        count = max(1, math.ceil((timing.seconds - timing.frame_seconds / 2) / step))
        self._times = [place * step for place in range(count)]

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return CLIP_COLUMNS

    def __len__(self) -> int:
        """Return the number of frames."""
        return len(self._times)

    def __iter__(self) -> Iterator[ImageItem]:
        """Iterate over the frames in order; one that cannot be had fails when it is taken."""
        frames = _Frames(self._path)
        for time in self._times:
            seconds = f"{time:.3f}".rstrip("0").rstrip(".")
            yield ImageItem(
                f"{self._typed} at {seconds} s",
                _Frame(frames, time),
                self._typed,
                {"clip": self._typed, "seconds": seconds},
                origin_in(self._path, self._typed, f"{seconds} s"),
            )


class _Frames:
    """The decoder of one clip; to go back, it begins again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reader: FrameReader | None = None
        self._last = 0.0

    def at(self, seconds: float) -> Pixels:
        from twinscore.images.decoding.video import FrameReader

        if self._reader is None or seconds < self._last:
            self._reader = FrameReader(self._path)
        self._last = seconds
        return self._reader.at(seconds)


class _Frame:
    """An `ImageInTurn`: what is shown at some time of a clip."""

    def __init__(self, frames: _Frames, seconds: float) -> None:
        self._frames = frames
        self._seconds = seconds

    def take_in_turn(self) -> FailedImage | Pixels:
        try:
            return self._frames.at(self._seconds)
        except UnreadableImageError as error:
            return FailedImage(str(error))


def open_clip(path: Path, *, interval: float, typed: str) -> Clip | FailedSource:
    """Open a clip among others, which are not lost where this one cannot be read."""
    try:
        return Clip(path, interval=interval, typed=typed)
    except UnreadableImageError as error:
        return FailedSource(typed, str(error), origin_in(path, typed))


def check_interval(interval: float) -> None:
    """Refuse an interval that gives no frames."""
    if not (math.isfinite(interval) and interval > 0):
        raise ValueError(f"expected a video interval of more than 0 seconds, got {interval}")
