"""Instance masks that lie among the images they are of: they are no images themselves."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from twinscore.images.annotations.beside import stem_path
from twinscore.images.annotations.instance_masks import MaskReader
from twinscore.images.annotations.label_files import LabelFiles
from twinscore.images.sources.wrapped import WrappedSource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.images.annotations.records import AnnotationSet
    from twinscore.images.records import ImageItem
    from twinscore.images.sources.columns import ColumnedSource


def are_masks(annotations: AnnotationSet) -> bool:
    """Tell whether annotations are images as well."""
    return isinstance(annotations, LabelFiles) and isinstance(annotations.reader, MaskReader)


def without_masks(source: ColumnedSource, annotations: AnnotationSet) -> ColumnedSource:
    """Return the images of a source that are not the masks of others.

    All masks of a folder below the images are left out. In a folder that holds the images as
    well, a file is a mask where there is another image of which it is one, such as
    ``0001_mask.png`` beside ``0001.png``.

    Parameters
    ----------
    source
        Images, by path where masks may be among them.
    annotations
        Of these images.
    """
    if not (isinstance(annotations, LabelFiles) and are_masks(annotations)):
        return source
    masks = {_absolute(file): name for name, file in annotations.files.items()}
    images = {_absolute(item.content) for item in source if isinstance(item.content, Path)}
    among = images & masks.keys()
    if not among:
        return source
    folder = _absolute(annotations.location)
    if all(image.startswith(folder + os.sep) for image in images):
        by_name: dict[str, set[str]] = {}
        for image in images:
            by_name.setdefault(stem_path(image), set()).add(image)
        among = {
            mask
            for mask in among
            # By its whole name: there may be such an image in every folder.
            if by_name.get(str(Path(folder, masks[mask])), set()) - {mask}
        }
    return _SourceWithoutFiles(source, frozenset(among)) if among else source


class _SourceWithoutFiles(WrappedSource):
    def __init__(self, source: ColumnedSource, files: frozenset[str]) -> None:
        super().__init__(source)
        self._files = files

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __iter__(self) -> Iterator[ImageItem]:
        for item in super().__iter__():
            if not (isinstance(item.content, Path) and _absolute(item.content) in self._files):
                yield item


def _absolute(path: str | Path) -> str:
    # Links stay as they are named: two names are two images.
    return os.path.abspath(path)  # noqa: PTH100
