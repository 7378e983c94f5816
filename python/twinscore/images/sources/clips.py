"""Video clips: frames at an interval, one clip one group."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import TYPE_CHECKING

from twinscore.base.errors import SettingError, UnreadableImageError
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

    Every frame is the one that a player shows at that time, by the time stamps of the file; one
    that stays longer than the interval is taken once. They are "shot.mp4 at 12 s", form one
    group, and carry the columns ``clip`` and ``seconds``. Frames are decoded one after the other
    when they are taken, and a clip of which none is taken is read for its time stamps only.

    Parameters
    ----------
    path
        The file.
    interval
        Seconds between two frames; where a clip has fewer frames, all of them are taken, also
        where they come at uneven times.
    typed
        What names begin with; None for the path.

    Raises
    ------
    MissingExtraError
        PyAV is not installed.
    UnreadableImageError
        The file is no video, or has no frames.
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
        from twinscore.images.decoding.video import read_shown_times

        check_interval(interval)
        self._path = Path(path)
        self._typed = os.fspath(path) if typed is None else typed
        self._times, self._starts = read_shown_times(self._path).sampled(interval)

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
        for time, start in zip(self._times.tolist(), self._starts.tolist(), strict=True):
            seconds = f"{time:.6f}".rstrip("0").rstrip(".")
            yield ImageItem(
                f"{self._typed} at {seconds} s",
                _Frame(frames, start),
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
        raise SettingError(f"expected a video interval of more than 0 seconds, got {interval}")
