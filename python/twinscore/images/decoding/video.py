"""Frames of a video clip, as a player shows them."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from twinscore.base.errors import UnreadableImageError
from twinscore.base.extras import require
from twinscore.images.decoding.size_limit import check_size

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_HIGH_DEFINITION = 720
"""Rows from which on players take BT.709 where a file names no colour space."""

_UNSPECIFIED = 2

_SLACK = 1e-6
"""Seconds that times may be off by rounding."""


@dataclass(frozen=True, slots=True)
class ClipTiming:
    """How long a clip lasts.

    Attributes
    ----------
    seconds
        From its first frame to the end of its last, as its header says.
    frame_seconds
        Between two frames, on average.
    """

    seconds: float
    frame_seconds: float


def read_timing(path: Path) -> ClipTiming:
    """Read from the header how long a clip lasts.

    Raises
    ------
    MissingExtraError
        PyAV is not installed.
    UnreadableImageError
        The file is no video or does not say how long it is.
    """
    with _opened(path) as (container, stream):
        rate = float(stream.average_rate or stream.guessed_rate or 0)
        seconds = 0.0
        if stream.duration is not None:
            seconds = float(stream.duration * stream.time_base)
        elif container.duration is not None:
            seconds = container.duration / _microseconds()
        elif stream.frames and rate:
            seconds = stream.frames / rate
        if seconds <= 0 or rate <= 0:
            raise UnreadableImageError("the clip does not say how long it is")
        return ClipTiming(seconds, 1 / rate)


class FrameReader:
    """Decodes frames of one clip as they are asked for, reading it once from its start.

    Parameters
    ----------
    path
        The clip; opened when the first frame is asked for.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._opened = ExitStack()
        self._shown: _ShownFrames | None = None
        self._failure: str | None = None

    def at(self, seconds: float) -> npt.NDArray[np.uint8]:
        """Return what is shown at a time.

        Parameters
        ----------
        seconds
            From the first frame; not before the time asked for last.

        Returns
        -------
        ndarray of shape (height, width, 3), uint8
            Upright.

        Raises
        ------
        MissingExtraError
            PyAV is not installed.
        UnreadableImageError
            The clip has ended, or is damaged before.
        """
        if self._failure is None:
            try:
                return self._decode(seconds)
            except UnreadableImageError as error:
                self._failure = str(error)
            except MemoryError:
                raise
            except Exception as error:
                if not _is_of_libav(error):
                    raise
                self._failure = f"damaged clip ({' '.join(str(error).split())})"
            self._opened.close()
            self._shown = None
        raise UnreadableImageError(self._failure)

    def _decode(self, seconds: float) -> npt.NDArray[np.uint8]:
        if self._shown is None:
            container, stream = self._opened.enter_context(_opened(self._path))
            stream.thread_type = "AUTO"
            self._shown = _ShownFrames(container.decode(stream))
        frame = self._shown.at(seconds)
        if frame is None:
            raise UnreadableImageError("the clip ends before")
        return _pixels(frame)


class _ShownFrames:
    """Which frame of a clip is shown when: each until the next one comes."""

    def __init__(self, frames: Iterator[Any]) -> None:
        self._frames = (frame for frame in frames if frame.time is not None)
        self._shown = self._next = next(self._frames, None)
        self._start = 0.0 if self._shown is None else self._shown.time

    def at(self, seconds: float) -> Any:
        """Return the frame shown at a time, None after the end."""
        time = self._start + seconds
        while self._next is not None and self._next.time <= time + _SLACK:
            self._shown = self._next
            self._next = next(self._frames, None)
        if self._shown is None or (self._next is None and time >= _end(self._shown) - _SLACK):
            return None
        return self._shown


def _end(frame: Any) -> float:
    return float(frame.time) + float((frame.duration or 1) * frame.time_base)


def _pixels(frame: Any) -> npt.NDArray[np.uint8]:
    check_size(frame.width, frame.height)
    source = None
    if frame.colorspace == _UNSPECIFIED and frame.height >= _HIGH_DEFINITION:
        source = "ITU709"
    rgb = frame.reformat(format="rgb24", src_colorspace=source)
    pixels: npt.NDArray[np.uint8] = rgb.to_ndarray()
    quarters = round(getattr(frame, "rotation", 0) / 90) % 4
    return np.ascontiguousarray(np.rot90(pixels, quarters))


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Any, Any]]:
    av = require("av", extra="video", purpose="reading video")
    try:
        container = av.open(str(path), metadata_errors="replace")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableImageError(f"not a video that can be read ({reason.lower()})") from error
    with container:
        if not container.streams.video:
            raise UnreadableImageError("no video in the file")
        yield container, container.streams.video[0]


def _microseconds() -> int:
    av = require("av", extra="video", purpose="reading video")
    return int(av.time_base)


def _is_of_libav(error: Exception) -> bool:
    av = require("av", extra="video", purpose="reading video")
    return isinstance(error, av.FFmpegError)
