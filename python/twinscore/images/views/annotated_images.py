"""The images that a file of annotations names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from twinscore.images.annotations.box_table import BoxTable
from twinscore.images.sources.endings import counted
from twinscore.images.sources.path_list import PathList

if TYPE_CHECKING:
    from twinscore.images.annotations.records import AnnotationSet
    from twinscore.images.sources.columns import ColumnedSource


def images_of(annotations: AnnotationSet) -> ColumnedSource:
    """Find the images of annotations where they lie beside them, or as a table names them.

    Raises
    ------
    ValueError
        There are none.
    """
    if isinstance(annotations, BoxTable):
        return annotations.images
    files = [str(file) for file in annotations.image_files()]
    if not files:
        named = counted(len(annotations.names), "image")
        raise ValueError(
            f"expected images beside {annotations.location!r}, found none of the {named} it "
            "names; pass their folder, and the annotations as objects (--objects)"
        )
    return PathList(files, str(Path(annotations.location).parent))
