"""Instance masks that lie among the images they are of: they are no images themselves."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from twinscore.images.annotations.beside import stem_path
from twinscore.images.annotations.instance_masks import (
    MASK_ENDINGS,
    are_called_masks,
    are_masks,
    is_mask_name,
)
from twinscore.images.annotations.label_files import LabelFiles
from twinscore.images.sources.wrapped import WrappedSource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from twinscore.images.annotations.records import AnnotationSet
    from twinscore.images.records import ImageItem
    from twinscore.images.sources.columns import ColumnedSource


def without_masks(source: ColumnedSource, annotations: AnnotationSet) -> ColumnedSource:
    """Return the images of a source that are no masks of others.

    In a folder that holds nothing but masks, all are; in one that holds images as well, those
    that are called so, or as an image beside them is (``0001.png`` beside ``0001.jpg``).

    Parameters
    ----------
    source
        Images, by path where masks may be among them.
    annotations
        Of these images.
    """
    if not (isinstance(annotations, LabelFiles) and are_masks(annotations)):
        return source
    images = {_absolute(item.content) for item in source if isinstance(item.content, Path)}
    masks = images & set(map(_absolute, annotations.files.values()))
    folder = _absolute(annotations.location)
    if are_called_masks(annotations):
        # Of several masks of one image, one is read.
        masks |= {image for image in images if _is_in(folder)(image) and _is_called_mask(image)}
    elif all(map(_is_in(folder), images)):
        stems = Counter(map(stem_path, images))
        masks = {mask for mask in masks if stems[stem_path(mask)] > 1}
    return _SourceWithoutFiles(source, frozenset(masks)) if masks else source


def _is_called_mask(file: str) -> bool:
    return file.lower().endswith(MASK_ENDINGS) and is_mask_name(stem_path(file))


def _is_in(folder: str) -> Callable[[str], bool]:
    return lambda file: file.startswith(folder + os.sep)


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
