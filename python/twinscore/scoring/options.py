"""The keywords of `score`: as types for functions that hand them on, and as settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from twinscore.domain.declaration import Domain
from twinscore.domain.reading import load_domain
from twinscore.embedding.settings import ImageSettings
from twinscore.measures.published_procedure import published_asked
from twinscore.neighbors.settings import SearchSettings
from twinscore.scoring.settings import SampleGoal, ScoreSettings

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from twinscore.base.progress import StageProgress
    from twinscore.base.workers.protocol import Workers
    from twinscore.embedding.network.image_embedder import ImageEmbedder
    from twinscore.images.views.settings import ViewSettings
    from twinscore.measures.interval import IntervalMethod
    from twinscore.measures.published_procedure import Convention, Space


class ScoreOptions(TypedDict, total=False):
    """What may be said of a score of either side, but for k, seed, slices and threads."""

    group_by: str | None
    label_by: str | None
    collapse_duplicates: bool
    interval: IntervalMethod
    diagnostics: bool
    richness: bool
    space: Space
    convention: Convention
    domain: str | os.PathLike[str] | Domain | None
    model: str | os.PathLike[str] | ImageEmbedder
    device: str
    backend: str
    precision: float | None
    budget: float | None
    exposure: float | None
    video_interval: float
    allow_remote_paths: bool
    allow_skips: bool


class RunOptions(ScoreOptions, total=False):
    """The same, and what else a whole run may be told."""

    slice_by: str | Sequence[str]
    seed: int
    threads: int | None
    memory: int | str | None
    workers: str | Workers | None
    progress: StageProgress | None


def settings_of(
    *,
    k: int,
    threads: int | None,
    group_by: str | None,
    slice_by: str | Sequence[str],
    label_by: str | None,
    collapse_duplicates: bool,
    interval: IntervalMethod,
    diagnostics: bool,
    richness: bool,
    space: Space,
    convention: Convention,
    domain: str | os.PathLike[str] | Domain | None,
    model: str | os.PathLike[str] | ImageEmbedder,
    device: str,
    backend: str,
    precision: float | None,
    budget: float | None,
    exposure: float | None,
    video_interval: float,
    allow_remote_paths: bool,
    allow_skips: bool,
    seed: int,
    views: ViewSettings | None = None,
    memory: int | str | None = None,
    workers: str | Workers | None = None,
) -> ScoreSettings:
    """Turn the keywords of `score` into settings.

    Raises
    ------
    ValueError, TypeError, MissingExtraError, FileNotFoundError
        As `ScoreSettings` and `load_domain`.
    """
    sampled = precision is not None or budget is not None
    return ScoreSettings(
        k=k,
        seed=seed,
        interval=interval,
        slice_by=(slice_by,) if isinstance(slice_by, str) else tuple(slice_by),
        label_by=label_by,
        collapse_duplicates=collapse_duplicates,
        diagnostics=diagnostics,
        richness=richness,
        published=published_asked(space, convention),
        domain=domain if domain is None or isinstance(domain, Domain) else load_domain(domain),
        images=ImageSettings(
            model=model,
            device=device,
            exposure=exposure,
            video_interval=video_interval,
            group_by=group_by,
            allow_remote_paths=allow_remote_paths,
            allow_skips=allow_skips,
        ),
        search=SearchSettings(backend, threads, memory, workers),
        sample=SampleGoal(precision, budget) if sampled else None,
        views=views,
    )
