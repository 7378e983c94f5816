"""What a file is, told by the ending of its name."""

from __future__ import annotations

import os
from pathlib import PurePosixPath

IMAGE_ENDINGS = (
    *(".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp"),
    *(".avif", ".exr", ".hdr"),
)
VIDEO_ENDINGS = (".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v", ".mxf")


def is_image_name(name: str) -> bool:
    """Tell whether a file counts as an image."""
    return name.lower().endswith(IMAGE_ENDINGS)


def is_video_name(name: str) -> bool:
    """Tell whether a file counts as a video clip."""
    return name.lower().endswith(VIDEO_ENDINGS)


def is_hidden(relative: str) -> bool:
    """Tell whether a file, or a folder it lies in, is not meant to be seen."""
    parts = PurePosixPath(relative).parts
    return any(part.startswith(".") and part not in (".", "..") for part in parts) or (
        "__MACOSX" in parts
    )


def printable(name: str) -> str:
    """Make a file name fit for tables and terminals: file systems allow bytes that are no UTF-8."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def counted(count: int, noun: str) -> str:
    """Return "1 link" or "2 links"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
