"""Tell how far synthetic images can still be told apart from real ones."""

from __future__ import annotations

from twinscore.neighbors import knn, self_knn
from twinscore.records import MissingExtraError, Neighbors, TooManySkipsError, UnreadableImageError
from twinscore.version import __version__

__all__ = [
    "MissingExtraError",
    "Neighbors",
    "TooManySkipsError",
    "UnreadableImageError",
    "__version__",
    "knn",
    "self_knn",
]
