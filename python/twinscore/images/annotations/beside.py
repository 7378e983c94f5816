"""Where images lie beside their annotations, and annotations beside their images."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from unicodedata import normalize

from twinscore.images.sources.endings import is_hidden, is_image_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

IMAGE_FOLDERS = {
    "labels": ("images",),
    "Annotations": ("JPEGImages", "images"),
    "annotations": ("images",),
    "label_2": ("image_2",),
    "masks": ("images",),
}
"""Where the images lie, by the name of the folder in which their annotations do."""

PLACES = frozenset({*IMAGE_FOLDERS, *(name for names in IMAGE_FOLDERS.values() for name in names)})
"""Names of folders that tell images from annotations, and one image from another never."""


def stem_path(name: str) -> str:
    """Return a path without its ending."""
    return os.path.splitext(name)[0]  # noqa: PTH122


def files_below(folder: Path, endings: tuple[str, ...]) -> dict[str, Path]:
    """List files by their path below a folder without its ending, in the order of these paths."""
    found: dict[str, Path] = {}
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not is_hidden(name))
        here = Path(root)
        below = here.relative_to(folder).as_posix()
        for name in names:
            if name.lower().endswith(endings) and not is_hidden(name):
                relative = name if below == "." else f"{below}/{name}"
                found[stem_path(relative)] = here / name
    return dict(sorted(found.items()))


def images_named(names: Iterable[str], annotations: Path) -> list[Path]:
    """Find images by the names that a file of annotations gives them.

    They are looked for beside the file, in the usual folders around it, and in one named after it;
    the folder that holds most of them is taken.
    """
    here = annotations.parent
    split = annotations.stem.removeprefix("instances_").removeprefix("_annotations.")
    folders = [
        base / inner
        for base in (here, here.parent)
        for inner in ("", "images", "JPEGImages", "data", split, f"images/{split}")
    ]
    wanted = list(names)
    found = [[path for name in wanted if (path := _named(folder, name))] for folder in folders]
    return max(found, key=len)


def _named(folder: Path, name: str) -> Path | None:
    """Find a file by its name, or by the same written on Windows or on a Mac."""
    plain = name.replace("\\", "/")
    for written in dict.fromkeys((name, plain, normalize("NFC", plain), normalize("NFD", plain))):
        path = folder / PurePosixPath(written)
        # A name that no file can have, for its length, is that of none.
        with suppress(OSError):
            if path.is_file():
                return path
    return None


def images_beside(labels: Sequence[Path]) -> list[Path]:
    """Find the images of label files: of the same name, in the folder for images beside theirs."""
    listings: dict[Path, dict[str, Path]] = {}
    images = []
    for label in labels:
        for folder in image_folders(label.parent):
            if folder not in listings:
                listings[folder] = _images_by_stem(folder)
            image = listings[folder].get(label.stem)
            if image is not None:
                images.append(image)
                break
    return images


def image_folders(labels: Path) -> Iterator[Path]:
    """Name the folders where the images of a folder of labels may lie, the likeliest first."""
    parts = labels.parts
    for place in range(len(parts) - 1, -1, -1):
        for name in IMAGE_FOLDERS.get(parts[place], ()):
            yield Path(*parts[:place], name, *parts[place + 1 :])
    yield labels
    yield labels.parent / "images"


def label_folder(images: Path) -> Path:
    """Return the folder of labels beside a folder of images, as YOLO has it: ``labels``."""
    parts = images.parts
    for place in range(len(parts) - 1, -1, -1):
        if parts[place] == "images":
            return Path(*parts[:place], "labels", *parts[place + 1 :])
    return images


def _images_by_stem(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        return {}
    return {path.stem: path for path in sorted(folder.iterdir()) if is_image_name(path.name)}
