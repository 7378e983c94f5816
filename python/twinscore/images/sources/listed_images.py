"""Paths and URLs in a list, relative to where the list lies."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from twinscore.images.sources.remote_file import RemoteFile, is_url

if TYPE_CHECKING:
    from twinscore.images.records import ImageHandle


@dataclass(frozen=True, slots=True)
class ListedImages:
    """Turns the entries of a list into images.

    Attributes
    ----------
    base
        Folder, or URL of a folder, that relative paths begin at.
    """

    base: str

    @classmethod
    def beside(cls, listing: str) -> ListedImages:
        """Return the one for a list at this path or URL."""
        if is_url(listing):
            return cls(listing.rpartition("/")[0])
        return cls(str(Path(listing).parent))

    def content(self, entry: str) -> Path | ImageHandle:
        """Return the file, or a handle on what lies at a URL."""
        if is_url(entry):
            return RemoteFile(entry)
        if is_url(self.base):
            return RemoteFile(f"{self.base}/{entry}")
        return Path(self.base) / entry

    def name(self, entry: str) -> str:
        """Return the whole path or URL of an entry."""
        content = self.content(entry)
        return content.url if isinstance(content, RemoteFile) else str(content)
