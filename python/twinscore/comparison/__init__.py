"""Two synthetic sets against one real set: the difference, its interval, what moved."""

from twinscore.comparison.exchange import compare_embeddings
from twinscore.comparison.records import Comparison, MovedImage, SliceDifference
from twinscore.comparison.saved import SavedResult, compare_saved, read_saved

__all__ = [
    "Comparison",
    "MovedImage",
    "SavedResult",
    "SliceDifference",
    "compare_embeddings",
    "compare_saved",
    "read_saved",
]
