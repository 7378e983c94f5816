"""Each image in a file of its own, for an app that opens files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.base.errors import UnreadableImageError
from twinscore.images.decoding import read_image
from twinscore.scoring.scored_pool import contents_of

if TYPE_CHECKING:
    import os

    from twinscore.scoring.scored_pool import ScoredPool

SHOWN_ENDINGS = (".avif", ".bmp", ".gif", ".jpeg", ".jpg", ".png", ".webp")
"""Files that a browser shows, and so the app of FiftyOne."""


def image_files(pool: ScoredPool, media_dir: str | os.PathLike[str] | None) -> list[str]:
    """Return a file for every image of a pool, written where it has none that can be shown.

    Raises
    ------
    ValueError
        An image is not to be had any more, or lies in no file and there is no `media_dir`.
    """
    names = pool.names
    files: list[str | None] = [None] * len(pool)
    for row, content in contents_of(pool, np.arange(len(pool))):
        target = f"{'real' if row < pool.n_real else 'synthetic'}-{row:06}.png"
        files[row] = _image_file(names[row], content, media_dir, target, pool.exposure)
    found = [file for file in files if file is not None]
    if len(found) < len(files):
        raise ValueError(
            f"expected images to look at, but {names[files.index(None)]!r} leads to none"
        )
    return found


def _image_file(
    name: str,
    content: Any,
    media_dir: str | os.PathLike[str] | None,
    file_name: str,
    exposure: float,
) -> str:
    if isinstance(content, Path) and not content.is_file():
        raise ValueError(f"expected images to look at, but {name!r} is no file")
    if isinstance(content, Path) and (media_dir is None or content.suffix.lower() in SHOWN_ENDINGS):
        return str(content.resolve())
    if media_dir is None:
        raise ValueError(
            f"expected images in files of their own, got {name!r}: give media_dir to write them to"
        )
    target = Path(media_dir) / file_name
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        read_image(content, exposure=exposure).save(target)
    except UnreadableImageError as error:
        raise ValueError(f"{name} could be read before, but now: {error}") from error
    return str(target.resolve())
