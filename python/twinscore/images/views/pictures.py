"""What a picture that was cut out of an image is called, and what it is grouped with."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from twinscore.images.records import ImageItem

if TYPE_CHECKING:
    from twinscore.images.annotations.placement import SeenObject

CLASS_COLUMN = "class"


def picture_item(item: ImageItem, of: SeenObject | None, content: Any) -> ImageItem:
    """Return a picture as an item; an object is grouped with the others of its image.

    Parameters
    ----------
    item
        The image.
    of
        The object that is shown; None for the whole image.
    content
        Of the picture.
    """
    if of is None:
        return replace(item, content=content)
    columns = {**item.columns, CLASS_COLUMN: of.class_name}
    return ImageItem(object_name(item.name, of), content, unit_of(item), columns)


def unit_of(image: ImageItem) -> str:
    """Return what the objects of an image are grouped by: its group, or the image itself."""
    return image.name if image.group is None else image.group


def object_name(image: str, of: SeenObject) -> str:
    """Name an object by its image, its number in it, and its class."""
    return f"{image} object {of.number} ({of.class_name})"
