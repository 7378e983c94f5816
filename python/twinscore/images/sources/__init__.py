"""Where images lie: a source lists them, it never decodes."""

from twinscore.images.sources.clips import DEFAULT_INTERVAL
from twinscore.images.sources.folder import FolderSource
from twinscore.images.sources.grouping import RegroupedSource
from twinscore.images.sources.sequence import SequenceSource

__all__ = ["DEFAULT_INTERVAL", "FolderSource", "RegroupedSource", "SequenceSource"]
