"""Tell how far synthetic images can still be told apart from real ones.

Its packages stand in the order in which data passes them, and import from those before them only:

    base > images > embedding > neighbors > graph > measures > domain > scoring > planning >
    comparison > report > streaming > integrations > cli

>>> import twinscore as ts
>>> result = ts.score("photos/", "renders/")  # doctest: +SKIP
>>> result.score, result.overlap, result.p_value  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twinscore._version import __version__
from twinscore.base.errors import MissingExtraError, TooManySkipsError, UnreadableImageError
from twinscore.comparison.run import compare
from twinscore.domain.declaration import Domain
from twinscore.domain.reading import load_domain
from twinscore.embedding.into_store import EmbeddingRun, embed
from twinscore.embedding.store import load_store
from twinscore.neighbors import knn, self_knn
from twinscore.neighbors.records import Neighbors
from twinscore.planning.renders import plan
from twinscore.scoring.estimate import present_by
from twinscore.scoring.result import SampledResult, ScoreResult
from twinscore.scoring.saved_result import SavedResult
from twinscore.scoring.saved_result import read_saved as load_result
from twinscore.scoring.score import score

if TYPE_CHECKING:
    from twinscore.embedding.network.embedder import Embedder
    from twinscore.scoring.estimate import Presentation
    from twinscore.scoring.explanation.explain import explain
    from twinscore.scoring.explanation.records import Explanation
    from twinscore.streaming import BatchAnswers, StreamingScorer, StreamResult

__all__ = [
    "BatchAnswers",
    "Domain",
    "Embedder",
    "EmbeddingRun",
    "Explanation",
    "MissingExtraError",
    "Neighbors",
    "SampledResult",
    "SavedResult",
    "ScoreResult",
    "StreamResult",
    "StreamingScorer",
    "TooManySkipsError",
    "UnreadableImageError",
    "__version__",
    "compare",
    "embed",
    "explain",
    "knn",
    "load_domain",
    "load_result",
    "load_store",
    "plan",
    "score",
    "self_knn",
]


def _open_report() -> Presentation:
    from twinscore.report import presentation

    return presentation


# Results lie below reports and must not know them; the face of the package may know both.
present_by(_open_report)


def __getattr__(name: str) -> Any:
    # Embedder brings image decoding along; those who score ready-made embeddings need none.
    if name == "Embedder":
        from twinscore.embedding.network.embedder import Embedder

        return Embedder
    if name == "explain":
        # Alters images, and so brings decoding along as well.
        from twinscore.scoring.explanation.explain import explain

        return explain
    if name == "Explanation":
        from twinscore.scoring.explanation.records import Explanation

        return Explanation
    if name in ("BatchAnswers", "StreamResult", "StreamingScorer"):
        from twinscore import streaming

        return getattr(streaming, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
