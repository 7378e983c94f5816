"""Tell how far synthetic images can still be told apart from real ones.

>>> import twinscore as ts
>>> result = ts.score("photos/", "renders/")  # doctest: +SKIP
>>> result.score, result.overlap, result.p_value  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twinscore.neighbors import knn, self_knn
from twinscore.pipeline import score
from twinscore.records import MissingExtraError, Neighbors, TooManySkipsError, UnreadableImageError
from twinscore.result import ScoreResult
from twinscore.store import load_store
from twinscore.storing import EmbeddingRun, embed
from twinscore.twins import compare
from twinscore.version import __version__

if TYPE_CHECKING:
    from twinscore.models.embedder import Embedder
    from twinscore.streaming import BatchAnswers, StreamingScorer, StreamResult

__all__ = [
    "BatchAnswers",
    "Embedder",
    "EmbeddingRun",
    "MissingExtraError",
    "Neighbors",
    "ScoreResult",
    "StreamResult",
    "StreamingScorer",
    "TooManySkipsError",
    "UnreadableImageError",
    "__version__",
    "compare",
    "embed",
    "knn",
    "load_store",
    "score",
    "self_knn",
]


def __getattr__(name: str) -> Any:
    # Embedder brings image decoding along; those who score ready-made embeddings need none.
    if name == "Embedder":
        from twinscore.models.embedder import Embedder

        return Embedder
    if name in ("BatchAnswers", "StreamResult", "StreamingScorer"):
        from twinscore import streaming

        return getattr(streaming, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
