"""What sources whose images carry columns have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.images.records import ImageItem


class ColumnedSource(Protocol):
    """An `ImageSource` that can name its columns."""

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns that at least one image carries."""

    def __len__(self) -> int:
        """Return the number of images, readable or not."""

    def __iter__(self) -> Iterator[ImageItem]:
        """Iterate over the images in their deterministic order."""
