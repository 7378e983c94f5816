"""From a file or folder to the annotations in it, whatever their format."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twinscore.images.annotations.beside import files_below, stem_path
from twinscore.images.annotations.box_table import TABLE_ENDINGS, BoxTable, is_box_table
from twinscore.images.annotations.coco import CocoAnnotations
from twinscore.images.annotations.instance_masks import MASK_ENDINGS, instance_masks
from twinscore.images.annotations.kitti import is_kitti_line, kitti
from twinscore.images.annotations.label_files import text_of
from twinscore.images.annotations.pascal_voc import pascal_voc
from twinscore.images.annotations.records import AnnotationSet
from twinscore.images.annotations.yolo import label_files_below, yolo_of_file, yolo_of_folder
from twinscore.images.annotations.yolo_description import DESCRIPTIONS
from twinscore.images.sources.endings import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

EXPECTED = (
    "expected annotations: a COCO file (.json), a YOLO set (data.yaml, or a folder of labels), a "
    "table of boxes (.csv, .parquet), a folder of Pascal VOC (.xml) or KITTI files, or of instance "
    "masks"
)

ANNOTATION_ENDINGS = (".json", ".yaml", ".yml", ".xml")
"""Of files that hold annotations, and are no images."""

_FOLDERS = ("Annotations", "annotations", "labels", "label_2")


def open_annotations(value: Any) -> AnnotationSet:
    """Recognise annotations by their kind.

    Parameters
    ----------
    value
        A path, or what this returned before.

    Raises
    ------
    FileNotFoundError
        There is nothing.
    ValueError
        It is of no known kind, or what its reader raises.
    TypeError
        It is no path.
    MissingExtraError
        The package for this kind is not installed.
    """
    if isinstance(value, AnnotationSet):
        return value
    if not isinstance(value, str | os.PathLike):
        raise TypeError(f"{EXPECTED}, got {type(value).__name__}")
    location = os.fspath(value)
    place = Path(location)
    if not location or not place.exists():
        raise FileNotFoundError(f"{EXPECTED}, but {location!r} does not exist")
    opened = _of_folder(place, location) if place.is_dir() else _of_file(place, location)
    if opened is None:
        raise ValueError(f"{EXPECTED}, got {location!r}{_what_is_in(place)}")
    return opened


def is_annotation_file(place: Path) -> bool:
    """Tell whether a file holds annotations: by its ending, a table by its columns."""
    is_one = place.suffix.lower() in ANNOTATION_ENDINGS and place.is_file()
    return is_one or is_box_table(place)


def _of_file(place: Path, location: str) -> AnnotationSet | None:
    ending = place.suffix.lower()
    if ending == ".json":
        return CocoAnnotations(location)
    if ending in (".yaml", ".yml"):
        return yolo_of_file(location)
    if ending in TABLE_ENDINGS:
        return BoxTable(location)
    return pascal_voc(location) if ending == ".xml" else None


def _of_folder(place: Path, location: str) -> AnnotationSet | None:
    for name in DESCRIPTIONS:
        if (place / name).is_file():
            return yolo_of_file(str(place / name))
    for name in _FOLDERS:
        if (place / name).is_dir():
            return _of_folder(place / name, str(place / name))
    described = pascal_voc(location)
    if described.files:
        return described
    labels = label_files_below(place)
    if labels:
        is_kitti = _is_kitti(labels.values())
        return kitti(location, labels) if is_kitti else yolo_of_folder(location, labels)
    documents = [path for path in sorted(place.glob("*.json")) if stem_path(path.name) != "classes"]
    if len(documents) == 1:
        return CocoAnnotations(str(documents[0]))
    return instance_masks(location) if files_below(place, MASK_ENDINGS) else None


def _is_kitti(files: Iterable[Path]) -> bool:
    """Tell by the first line that is either: a readme may lie among labels."""
    for file in files:
        try:
            text = text_of(file)
        except OSError:
            # Whoever reads it for its image says what is wrong.
            continue
        line = next((line for line in text.splitlines() if line.strip()), None)
        if line is not None and (is_kitti_line(line) or line.split()[0].isdecimal()):
            return is_kitti_line(line)
    return False


def _what_is_in(place: Path) -> str:
    if not place.is_dir():
        return ""
    if files_below(place, (".exr",)):
        return (
            " with .exr files: Cryptomatte is not read, write the numbers of objects as PNG or TIFF"
        )
    documents = len(list(place.glob("*.json")))
    return f" with {counted(documents, '.json file')}: name one of them" if documents > 1 else ""
