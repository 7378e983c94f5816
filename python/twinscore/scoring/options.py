"""The keywords of `score` as types, for functions that hand them on."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from twinscore.base.progress import StageProgress
    from twinscore.embedding.network.embedder import Embedder
    from twinscore.measures.interval import IntervalMethod
    from twinscore.measures.published_procedure import Convention, Space


class ScoreOptions(TypedDict, total=False):
    """What may be said of a score of either side, but for k, seed, slices and threads."""

    group_by: str | None
    collapse_duplicates: bool
    interval: IntervalMethod
    diagnostics: bool
    space: Space
    convention: Convention
    model: str | os.PathLike[str] | Embedder
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
    progress: StageProgress | None
