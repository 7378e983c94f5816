"""Images of which only the reason is left why they cannot be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twinscore.base.errors import UnreadableImageError
from twinscore.images.records import ImageItem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.images.records import Origin


@dataclass(frozen=True, slots=True)
class FailedImage:
    """A handle that gives its reason instead of an image.

    Attributes
    ----------
    reason
        In a few words.
    """

    reason: str

    def read(self) -> bytes:
        """Raise UnreadableImageError with the reason."""
        raise UnreadableImageError(self.reason)


def failed_item(name: str, reason: str, origin: Origin | None = None) -> ImageItem:
    """Return an item that stands for images lost: counted, skipped and listed with its reason."""
    return ImageItem(name, FailedImage(reason), origin=origin)


class FailedSource:
    """A file that cannot be opened, among others that can: one item that fails.

    Parameters
    ----------
    typed
        Its name.
    reason
        Why.
    origin
        The file itself, if it is on disk.
    """

    def __init__(self, typed: str, reason: str, origin: Origin | None = None) -> None:
        self._item = failed_item(typed, reason, origin)

    @property
    def column_names(self) -> tuple[str, ...]:
        """No names: nothing is known."""
        return ()

    def __len__(self) -> int:
        """Return 1."""
        return 1

    def __iter__(self) -> Iterator[ImageItem]:
        """Iterate over the one item."""
        yield self._item
