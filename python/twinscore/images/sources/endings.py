"""What a file is, told by the ending of its name."""

from __future__ import annotations

import functools
import importlib.util
import os
from pathlib import PurePosixPath

IMAGE_ENDINGS = (
    *(".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp", ".avif", ".exr", ".hdr"),
    *(".jpe", ".jfif", ".jif", ".mpo", ".apng", ".dib", ".gif", ".tga", ".psd", ".qoi", ".sgi"),
    *(".jp2", ".j2k", ".j2c", ".jpc", ".jpx", ".jpf", ".jph", ".jxl", ".heic", ".heif", ".hif"),
    *(".ppm", ".pgm", ".pbm", ".pnm", ".rgbe", ".dpx", ".cin"),
)

UNREAD_IMAGE_ENDINGS = (
    *(".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dng", ".erf", ".nef", ".nrw", ".orf", ".pef"),
    *(".raf", ".rw2", ".srw", ".x3f"),
    *(".svg", ".svgz", ".eps", ".ai", ".wmf", ".emf"),
    *(".ico", ".icns", ".cur", ".pcx", ".dds", ".ktx", ".ktx2", ".xbm", ".xpm", ".jng", ".mng"),
    *(".jxr", ".wdp", ".hdp", ".bpg", ".flif", ".pam", ".pfm", ".psb", ".xcf", ".kra", ".sxr"),
    *(".fits", ".fit", ".dcm", ".rla", ".iff", ".pict", ".avifs", ".heics"),
)
"""Of images that are not read. A .pfm can be, but is a map of depths or motions mostly."""

_PACKAGES = {
    **dict.fromkeys((".exr", ".hdr", ".rgbe", ".dpx", ".cin"), ("OpenImageIO", "vfx")),
    **dict.fromkeys((".heic", ".heif", ".hif"), ("pillow_heif", "heif")),
    ".jxl": ("imagecodecs", "cpu"),
}
"""What reads files of an ending, where Pillow does not, and the extra that installs it."""

VIDEO_ENDINGS = (".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v", ".mxf")


def is_image_name(name: str) -> bool:
    """Tell whether a file counts as an image that is read: what reads it is installed."""
    return name.lower().endswith(IMAGE_ENDINGS) and extra_for(_ending(name)) is None


def is_unread_image(name: str) -> bool:
    """Tell whether a file is an image that is not read."""
    is_image = name.lower().endswith((*IMAGE_ENDINGS, *UNREAD_IMAGE_ENDINGS))
    return is_image and not is_image_name(name)


def extra_for(ending: str) -> str | None:
    """Return the extra that would read files of an ending, where it is not installed."""
    package, extra = _PACKAGES.get(ending, (None, None))
    return None if package is None or _is_installed(package) else extra


def is_video_name(name: str) -> bool:
    """Tell whether a file counts as a video clip."""
    return name.lower().endswith(VIDEO_ENDINGS)


def _ending(name: str) -> str:
    return os.path.splitext(name)[1].lower()  # noqa: PTH122


@functools.cache
def _is_installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


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
