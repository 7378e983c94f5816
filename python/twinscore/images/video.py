"""Frames of a video clip, as a player shows them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from twinscore.extras import require
from twinscore.images.size_limit import check_size
from twinscore.records import UnreadableImageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_HIGH_DEFINITION = 720
"""Rows from which on players take BT.709 where a file names no colour space."""

_UNSPECIFIED = 2


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


def read_frames(
    path: Path, times: Sequence[float]
) -> Iterator[npt.NDArray[np.uint8] | UnreadableImageError]:
    """Decode what is shown at some times of a clip, reading it once from its start.

    Parameters
    ----------
    path
        The clip.
    times
        In seconds from its first frame, rising.

    Yields
    ------
    ndarray of shape (height, width, 3), uint8, or UnreadableImageError
        One for each time, upright; the error where the clip has ended or is damaged before.
    """
    shown: Any = None
    pending = list(reversed(times))
    reason = "the clip ends before"
    try:
        with _opened(path) as (container, stream):
            stream.thread_type = "AUTO"
            start: float | None = None
            for frame in container.decode(stream):
                if frame.time is None:
                    continue
                start = frame.time if start is None else start
                # A frame is shown until the next one comes.
                while pending and shown is not None and frame.time - start > pending[-1] + 1e-6:
                    pending.pop()
                    yield _pixels(shown)
                shown = frame
                if not pending:
                    return
            if pending and shown is not None and start is not None:
                until = shown.time - start + float((shown.duration or 1) * shown.time_base)
                if pending[-1] < until - 1e-6:
                    pending.pop()
                    yield _pixels(shown)
    except UnreadableImageError as error:
        reason = str(error)
    except MemoryError:
        raise
    except Exception as error:
        if not _is_of_libav(error):
            raise
        reason = f"damaged clip ({' '.join(str(error).split())})"
    for _ in pending:
        yield UnreadableImageError(reason)


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
