"""One view of annotated images, whose pictures are cut anew when they are read."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from twinscore.images.sources.failure import failed_item
from twinscore.images.views.image_view import ImageView
from twinscore.images.views.pictures import CLASS_COLUMN, picture_item
from twinscore.images.views.settings import OF_OBJECTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.images.annotations.placement import SeenObject
    from twinscore.images.records import ImageItem
    from twinscore.images.views.settings import ViewSettings
    from twinscore.images.views.viewed_images import ViewedImages

_WHOLE = 0
"""In place of the number of an object, for what is of the whole image."""


class ViewSource:
    """The pictures of one view, in the order of their images: twelve bytes each are held.

    Parameters
    ----------
    images
        The whole images, and where their objects are.
    view
        One of `VIEWS`.
    settings
        How objects are cut out.
    """

    def __init__(self, images: ViewedImages, view: str, settings: ViewSettings) -> None:
        self._images = images
        self._view = view
        self._settings = settings
        self._places = array("q")
        self._numbers = array("i")

    def append(self, place: int, of: SeenObject | None) -> None:
        """Add a picture of the image at a place, which is none before that of the last one."""
        self._places.append(place)
        self._numbers.append(_WHOLE if of is None else of.number)

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns that pictures carry."""
        columns = self._images.source.column_names
        return (*columns, CLASS_COLUMN) if self._view in OF_OBJECTS else columns

    @property
    def places(self) -> tuple[int, ...]:
        """Of each picture, the place of its image."""
        return tuple(self._places)

    def __len__(self) -> int:
        """Return the number of pictures."""
        return len(self._places)

    def __iter__(self) -> Iterator[ImageItem]:
        """Iterate over the pictures; an image that none is of is passed over."""
        row, rows = 0, len(self._places)
        for place, image in enumerate(self._images.source):
            if row == rows:
                return
            if self._places[row] != place:
                continue
            in_hand = image.in_hand()
            objects = self._images.objects(place, in_hand)
            while row < rows and self._places[row] == place:
                yield self._picture(in_hand, objects, self._numbers[row])
                row += 1

    def _picture(self, item: ImageItem, objects: dict[int, SeenObject], number: int) -> ImageItem:
        of = objects.get(number)
        if number != _WHOLE and of is None:
            reason = "its annotation is no longer there"
            return failed_item(f"{item.name} object {number}", reason)
        # Pillow comes with it, and `import twinscore` does without.
        from twinscore.images.views.cutting import cut_of

        cut = cut_of(self._view, of, tuple(objects.values()), self._settings)
        return picture_item(item, of, ImageView(item.content, cut))
