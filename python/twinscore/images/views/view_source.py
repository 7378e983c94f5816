"""One view of annotated images, whose pictures are cut anew when they are read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from twinscore.images.views.image_view import ImageView

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twinscore.images.records import ImageItem
    from twinscore.images.sources.columns import ColumnedSource
    from twinscore.images.views.cuts import Cut


class ViewSource:
    """The pictures of one view, in the order of their images.

    Parameters
    ----------
    source
        The whole images.
    cuts
        For each picture the place of its image in the source, the item it is but for its content,
        and what of the image it is; in the order of the places.
    """

    def __init__(self, source: ColumnedSource, cuts: Sequence[tuple[int, ImageItem, Cut]]) -> None:
        self._source = source
        self._cuts = cuts

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns that pictures carry."""
        return tuple(dict.fromkeys(name for _, item, _ in self._cuts for name in item.columns))

    def __len__(self) -> int:
        """Return the number of pictures."""
        return len(self._cuts)

    def __iter__(self) -> Iterator[ImageItem]:
        """Iterate over the pictures; an image that none is of is passed over."""
        cuts = iter(self._cuts)
        due = next(cuts, None)
        for place, image in enumerate(self._source):
            content = None
            while due is not None and due[0] == place:
                if content is None:
                    content = image.in_hand().content
                yield replace(due[1], content=ImageView(content, due[2]))
                due = next(cuts, None)
            if due is None:
                return
