"""Pascal VOC: an XML file an image."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from twinscore.images.annotations.beside import files_below
from twinscore.images.annotations.label_files import LabelFiles, LabelLines
from twinscore.images.annotations.records import OBJECT, AnnotatedImage, ObjectAnnotation
from twinscore.images.annotations.values import (
    CORNERS_SWAPPED,
    MalformedError,
    box_of_corners,
    number_in,
)


def pascal_voc(location: str) -> LabelFiles:
    """Take the XML files of a folder, or a single one.

    Corners are taken as they are written, counted from 0, as most tools write them: a box counted
    from 1, as in the original set, loses its first row and column of pixels.
    """
    place = Path(location)
    files = {place.stem: place} if place.is_file() else files_below(place, (".xml",))
    return LabelFiles(location, "Pascal VOC", files, read_pascal_voc)


def read_pascal_voc(name: str, file: Path) -> AnnotatedImage:
    """Return what one file says."""
    try:
        # Expat, which this stands on, bounds how far entities unfold and fetches none.
        root = ElementTree.fromstring(file.read_bytes())
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise MalformedError(f"expected XML, got {error}") from error
    lines = LabelLines(name, file)
    for number, element in enumerate(root.iter("object"), start=1):
        record = f"{file} object {number}"
        corners = element.find("bndbox")
        try:
            if corners is None:
                raise MalformedError("it has no bndbox")
            box, is_swapped = box_of_corners(
                [corners.findtext(edge) for edge in ("xmin", "ymin", "xmax", "ymax")]
            )
        except MalformedError as error:
            lines.note(record, str(error))
            continue
        class_name = (element.findtext("name") or "").strip() or OBJECT
        lines.objects.append(ObjectAnnotation(name, class_name, box, record=record))
        if is_swapped:
            lines.note(record, CORNERS_SWAPPED, is_lost=False)
    return lines.finish(_size(root))


def _size(root: ElementTree.Element) -> tuple[float, float] | None:
    try:
        width = number_in(root.findtext("size/width"), "width")
        height = number_in(root.findtext("size/height"), "height")
    except MalformedError:
        return None
    # Some tools write 0 x 0 where they did not look.
    return (width, height) if width > 0 and height > 0 else None
