"""Images as a caller hands them over: many, never one."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def check_many(images: Any) -> None:
    """Refuse one image where many are expected: iterating it would give its rows as images."""
    dimensions = getattr(images, "ndim", None)
    if dimensions is not None and dimensions != 4:
        raise TypeError(
            "expected an iterable of images or an array of four dimensions, got an array of "
            f"{dimensions}: pass [image] for one image, list(images) for a stack of grey ones"
        )
    if isinstance(images, str | Path | bytes) or not hasattr(images, "__iter__"):
        raise TypeError(f"expected an iterable of images, got one {type(images).__name__}")
