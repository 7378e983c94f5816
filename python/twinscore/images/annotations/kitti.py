"""KITTI: a text file an image, a line an object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twinscore.images.annotations.label_files import LabelFiles, LabelLines, text_of
from twinscore.images.annotations.records import AnnotatedImage, ObjectAnnotation
from twinscore.images.annotations.values import CORNERS_SWAPPED, MalformedError, box_of_corners

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

VALUES = (15, 16)
"""Values of a line: class, truncation, occlusion, angle, 4 of the box, 7 in space, and a score."""

_BOX = slice(4, 8)
_NO_OBJECT = "DontCare"


def kitti(location: str, files: Mapping[str, Path]) -> LabelFiles:
    """Take the label files of a folder, listed by the names of their images."""
    return LabelFiles(location, "KITTI", files, read_kitti)


def read_kitti(name: str, file: Path) -> AnnotatedImage:
    """Return what one file says; ``DontCare`` marks regions in which objects are not told apart."""
    lines = LabelLines(name, file)
    for number, line in enumerate(text_of(file).splitlines(), start=1):
        words = line.split()
        if not words:
            continue
        record = f"{file} line {number}"
        try:
            if len(words) not in VALUES:
                raise MalformedError(f"expected 15 or 16 values, got {len(words)}")
            box, is_swapped = box_of_corners(words[_BOX])
        except MalformedError as error:
            lines.note(record, str(error))
            continue
        is_region = words[0] == _NO_OBJECT
        lines.objects.append(
            ObjectAnnotation(name, words[0], box, is_region=is_region, record=record)
        )
        if is_swapped:
            lines.note(record, CORNERS_SWAPPED, is_lost=False)
    return lines.finish()


def is_kitti_line(line: str) -> bool:
    """Tell a line of KITTI from one of YOLO, which begins with a number."""
    words = line.split()
    return len(words) in VALUES and not words[0][:1].isdigit()
