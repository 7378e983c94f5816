"""Two synthetic sets against one real set: the difference, its interval, what moved."""

from twinscore.comparison.embeddings import compare_embeddings
from twinscore.comparison.result import Comparison, MovedImage, SliceDifference
from twinscore.comparison.saved import compare_saved

__all__ = [
    "Comparison",
    "MovedImage",
    "SliceDifference",
    "compare_embeddings",
    "compare_saved",
]
