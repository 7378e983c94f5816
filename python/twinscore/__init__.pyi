from ._version import __version__
from .base.errors import MissingExtraError, TooManySkipsError, UnreadableImageError
from .comparison.run import compare
from .domain.declaration import Domain
from .domain.reading import load_domain
from .embedding.embedding_run import EmbeddingRun
from .embedding.into_store import embed
from .embedding.network.embedder import Embedder
from .embedding.store import load_store
from .images.views.settings import ViewSettings
from .neighbors import knn, self_knn
from .neighbors.records import Neighbors
from .planning.renders import plan
from .planning.size import SampleSize, size
from .scoring.explanation.explain import explain
from .scoring.explanation.records import Explanation
from .scoring.result import SampledResult, ScoreResult
from .scoring.saved_result import SavedResult, load_result
from .scoring.score import score
from .streaming import BatchAnswers, StreamingScorer, StreamResult
from .streaming.views import StreamingViews

__all__ = [
    "BatchAnswers",
    "Domain",
    "Embedder",
    "EmbeddingRun",
    "Explanation",
    "MissingExtraError",
    "Neighbors",
    "SampleSize",
    "SampledResult",
    "SavedResult",
    "ScoreResult",
    "StreamResult",
    "StreamingScorer",
    "StreamingViews",
    "TooManySkipsError",
    "UnreadableImageError",
    "ViewSettings",
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
    "size",
]
