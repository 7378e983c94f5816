"""Paths and URLs in a list, relative to where the list lies."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from twinscore.images.sources.failure import FailedImage
from twinscore.images.sources.remote_file import RemoteFile
from twinscore.images.sources.url import Url, is_url

if TYPE_CHECKING:
    from twinscore.images.records import ImageHandle

LEADS_ELSEWHERE = (
    "refused: a list from afar leads to another place than its own host; "
    "allow_remote_paths (--allow-remote-paths) lets it"
)


@dataclass(frozen=True, slots=True)
class ListedImages:
    """Turns the entries of a list into images.

    Attributes
    ----------
    listing
        Path or URL of the list.
    allow_remote_paths
        Whether a list at a URL may lead anywhere, to files of this machine and to other hosts.
    """

    listing: str
    allow_remote_paths: bool = False

    def content(self, entry: str) -> Path | ImageHandle:
        """Return the file, or a handle on what lies at a URL."""
        if not is_url(self.listing):
            return RemoteFile(entry) if is_url(entry) else Path(self.listing).parent / entry
        origin = Url.of(self.listing)
        if is_url(entry):
            if not self.allow_remote_paths and not origin.may_lead_to(Url.of(entry)):
                return FailedImage(LEADS_ELSEWHERE)
            return RemoteFile(entry)
        url = origin.beside(entry)
        if origin.is_of_the_web and (written := origin.as_written_beside(entry)) != url:
            return RemoteFile(str(url), otherwise=str(written))
        return RemoteFile(str(url))

    def name(self, entry: str) -> str:
        """Return the whole path or URL of an entry."""
        if is_url(entry):
            return Url.of(entry).shown
        if is_url(self.listing):
            return Url.of(self.listing).beside(entry).shown
        return str(Path(self.listing).parent / entry)
