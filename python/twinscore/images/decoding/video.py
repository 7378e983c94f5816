"""Video clips: when each frame is shown, and the frames themselves."""

from __future__ import annotations

from array import array
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from twinscore.base.errors import MissingExtraError, UnreadableImageError
from twinscore.base.extras import require
from twinscore.images.decoding.reasons import reason_of
from twinscore.images.decoding.video_frame import frame_pixels

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from twinscore.base.arrays import Float64Array

_SLACK = 1e-6
"""Seconds that times may be off by rounding."""


@dataclass(frozen=True, slots=True)
class ShownTimes:
    """When the frames of a clip are shown, each until the next one comes.

    Attributes
    ----------
    starts
        Seconds from the first frame, rising.
    end
        Seconds at which the last frame is gone.
    """

    starts: Float64Array
    end: float

    def sampled(self, interval: float) -> tuple[Float64Array, Float64Array]:
        """Choose the frames that are shown at multiples of an interval, each once.

        A frame that stays for longer than the interval is one picture, and where the clip has
        fewer frames than there are multiples, all that are shown at one are taken.

        Parameters
        ----------
        interval
            Seconds; more than 0.

        Returns
        -------
        times, starts
            The first multiple at which each chosen frame is shown, and when it begins.
        """
        ends = np.append(self.starts[1:], self.end)
        times = np.ceil((self.starts - _SLACK) / interval) * interval
        times = np.maximum(times, 0.0)
        is_shown = times < ends - _SLACK
        is_shown[0] = True
        return times[is_shown], self.starts[is_shown]


def read_shown_times(path: Path) -> ShownTimes:
    """Read the time stamps of all frames; none is decoded.

    Frames that an edit list leaves out are left out, and so is what lies behind damage.

    Raises
    ------
    MissingExtraError
        PyAV is not installed.
    UnreadableImageError
        The file is no video, or has no frames.
    """
    try:
        with _opened(path) as (container, stream):
            stamps, last_ticks = _stamps(container, stream)
            tick = float(stream.time_base)
            rate = float(stream.average_rate or stream.guessed_rate or 0)
    except (MissingExtraError, UnreadableImageError):
        raise
    except Exception as error:
        raise UnreadableImageError(_clip_reason(error)) from error
    if not stamps:
        raise UnreadableImageError("no frames in the clip")
    starts = np.unique(np.asarray(stamps, dtype=np.int64))
    starts_in_seconds = (starts - starts[0]) * tick
    if last_ticks <= 0:
        last_ticks = int(starts[-1] - starts[-2]) if len(starts) > 1 else 0
    seconds = last_ticks * tick or (1 / rate if rate > 0 else tick)
    return ShownTimes(starts_in_seconds, float(starts_in_seconds[-1] + seconds))


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
        self._pixel_aspect = 1.0
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
            As `frame_pixels` gives it.

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
            except MissingExtraError:
                raise
            except UnreadableImageError as error:
                self._failure = str(error)
            except MemoryError:
                # Of one frame; the next may be smaller.
                raise UnreadableImageError("not enough memory to decode") from None
            except Exception as error:
                self._failure = _clip_reason(error)
            self._opened.close()
            self._shown = None
        raise UnreadableImageError(self._failure)

    def _decode(self, seconds: float) -> npt.NDArray[np.uint8]:
        if self._shown is None:
            container, stream = self._opened.enter_context(_opened(self._path))
            stream.thread_type = "AUTO"
            self._pixel_aspect = float(stream.sample_aspect_ratio or 1.0)
            self._shown = _ShownFrames(container.decode(stream))
        frame = self._shown.at(seconds)
        if frame is None:
            raise UnreadableImageError("the clip ends before")
        return frame_pixels(frame, self._pixel_aspect)


class _ShownFrames:
    """Which frame of a clip is shown when: each until the next one comes."""

    def __init__(self, frames: Iterator[Any]) -> None:
        self._frames = (frame for frame in frames if _stamp(frame) is not None)
        self._shown = self._next = next(self._frames, None)
        self._start = 0.0 if self._shown is None else _time(self._shown)
        self._usual_seconds = 0.0

    def at(self, seconds: float) -> Any:
        """Return the frame shown at a time, None after the end."""
        time = self._start + seconds
        while self._next is not None and _time(self._next) <= time + _SLACK:
            self._usual_seconds = _time(self._next) - _time(self._shown)
            self._shown = self._next
            self._next = next(self._frames, None)
        if self._shown is None or (self._next is None and time >= self._end(self._shown) - _SLACK):
            return None
        return self._shown

    def _end(self, frame: Any) -> float:
        tick = float(frame.time_base)
        seconds = frame.duration * tick if frame.duration else self._usual_seconds
        return _time(frame) + max(seconds, tick)


def _stamp(frame: Any) -> int | None:
    """Return when a frame is shown; some containers know only when it is decoded."""
    stamp: int | None = frame.pts if frame.pts is not None else frame.dts
    return stamp


def _time(frame: Any) -> float:
    return float((_stamp(frame) or 0) * frame.time_base)


def _stamps(container: Any, stream: Any) -> tuple[array[int], int]:
    """Return the time stamp of every frame shown, and how long the last of them is."""
    stamps = array("q")
    last, duration = None, 0
    try:
        for packet in container.demux(stream):
            stamp = packet.pts if packet.pts is not None else packet.dts
            if stamp is None or not packet.size or packet.is_discard:
                continue
            stamps.append(stamp)
            if last is None or stamp >= last:
                last, duration = stamp, packet.duration or 0
    except Exception as error:
        if not stamps or not _is_of_libav(error):
            raise
    return stamps, duration


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Any, Any]]:
    av = require("av", extra="video", purpose="reading video")
    try:
        container = av.open(str(path), metadata_errors="replace")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableImageError(f"not a video that can be read ({reason.lower()})") from error
    with container:
        # A picture of the cover is a stream of its own.
        stream = container.streams.best("video")
        if stream is None:
            raise UnreadableImageError("no video in the file")
        yield container, stream


def _clip_reason(error: Exception) -> str:
    if _is_of_libav(error):
        return f"damaged clip ({' '.join(str(error).split())})"
    return reason_of(error).replace("damaged file", "damaged clip")


def _is_of_libav(error: Exception) -> bool:
    av = require("av", extra="video", purpose="reading video")
    return isinstance(error, av.FFmpegError)
