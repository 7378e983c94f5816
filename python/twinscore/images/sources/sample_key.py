"""The key of a sample: what the files of one sample have in common in their names."""

from __future__ import annotations

import re

_NUMBERED = re.compile(r"\d")


def sample_key(name: str) -> str:
    """Return the key of the sample that a file belongs to.

    As in a WebDataset, what follows the first dot of a name tells the files of a sample apart.
    Where a part begins with a digit, it numbers samples instead, and belongs to the key.

    Parameters
    ----------
    name
        Path in an archive, with an ending.

    Examples
    --------
    >>> sample_key("a/x.left.jpg"), sample_key("a/x.json")
    ('a/x', 'a/x')
    >>> sample_key("shot.0001.jpg"), sample_key("render_v1.2_0001.left.png")
    ('shot.0001', 'render_v1.2_0001')
    """
    folder, slash, file = name.rpartition("/")
    first, *further = _without_ending(file).split(".")
    numbered = [place for place, part in enumerate(further, start=1) if _NUMBERED.match(part)]
    kept = [first, *further][: numbered[-1] + 1 if numbered else 1]
    return folder + slash + ".".join(kept)


def describes(sidecar: str, image: str) -> bool:
    """Tell whether a file beside an image is about it: x.json is about x.left.jpg and x.jpg.

    Parameters
    ----------
    sidecar, image
        Paths in an archive.
    """
    stem = stem_of(sidecar)
    return image.startswith(stem + ".")


def stem_of(name: str) -> str:
    """Return a path without its ending."""
    folder, slash, file = name.rpartition("/")
    return folder + slash + _without_ending(file)


def _without_ending(file: str) -> str:
    stem, dot, _ = file.rpartition(".")
    return stem if dot and stem else file
