"""The whole way from images or embeddings to a result; the only module that knows the order."""

from __future__ import annotations

import dataclasses
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twinscore.base.errors import TooManySkipsError
from twinscore.embedding.into_memory import check_same_model, embed_images, opened_embedder
from twinscore.embedding.records import Embeddings
from twinscore.embedding.sides import open_source
from twinscore.images.sources import DEFAULT_INTERVAL
from twinscore.measures.published_procedure import is_published_procedure
from twinscore.scoring.scored_pool import ScoredPool
from twinscore.scoring.way import check_way, score_embeddings

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from twinscore.base.progress import ProgressCallback, StageProgress
    from twinscore.embedding.network.embedder import Embedder
    from twinscore.measures.interval import IntervalMethod
    from twinscore.measures.published_procedure import Convention, Space
    from twinscore.scoring.result import ScoreResult

MOST_SKIPPED = 0.05
"""Share of unreadable images of one side above which a score needs the caller's consent."""


def score(
    real: Any,
    synthetic: Any,
    k: int = 1,
    real_groups: Sequence[Any] | npt.NDArray[Any] | None = None,
    synthetic_groups: Sequence[Any] | npt.NDArray[Any] | None = None,
    threads: int | None = None,
    *,
    group_by: str | None = None,
    slice_by: str | Sequence[str] = (),
    collapse_duplicates: bool = False,
    interval: IntervalMethod = "local",
    diagnostics: bool = True,
    space: Space = "embedding",
    convention: Convention = "exact",
    model: str | os.PathLike[str] | Embedder = "efficientnet-lite0",
    device: str = "cpu",
    backend: str = "exact",
    precision: float | None = None,
    budget: float | None = None,
    exposure: float | None = None,
    video_interval: float = DEFAULT_INTERVAL,
    allow_remote_paths: bool = False,
    allow_skips: bool = False,
    seed: int = 0,
    progress: StageProgress | None = None,
) -> ScoreResult:
    """Score how far synthetic images can be told apart from real ones.

    Parameters
    ----------
    real, synthetic
        Each a path, URL or pattern: a folder, list, manifest, archive or clip of images, an
        embedding store, or embeddings in .npy, .npz or .parquet; an array or tensor of shape
        (n, d) holding embeddings; or an iterable of images (paths, PIL images, arrays, tensors).
    k
        Neighbors per image.
    real_groups, synthetic_groups
        One label per image: images of one clip, scene or camera pass share it.
    threads
        None for all that the process may use.
    group_by
        Column whose values are the groups: "folder", "folder:1", or one of a manifest.
    slice_by
        Columns of the synthetic side: the images of each value are scored apart.
    collapse_duplicates
        Make images of one side that are nearly the same a group.
    interval
        How the 95 % interval is found: "local" (the default, see `bench/coverage.py` for how
        often it holds the truth), "subsample", "jackknife" or "query-bootstrap".
    diagnostics
        False leaves out what takes further searches: equal sides, distance ratio, principal
        axes, control.
    space, convention
        "umap2d" with "notebook" adds, as `result.compatibility`, the score by the procedure that
        its authors published: UMAP maps in two dimensions, several seeds. Needs the extra "umap".
    model
        "efficientnet-lite0", the path of an ONNX file, or an `Embedder`; not used for embeddings.
    device
        "cpu", "cuda", "cuda:1" for a certain one, or "auto".
    backend
        Neighbor search; see `twinscore.self_knn`. "auto" chooses one from the size of the pool
        and the speed of the machine. What an approximate one does to the score is audited.
    precision
        Search a random sample of the synthetic images only, as large as it takes to bracket the
        score of all of them to plus or minus this: 0.01.
    budget
        The same until so many seconds have passed.
    exposure
        In stops, for OpenEXR and HDR files; None: the model's own, 0 for most. An `Embedder`
        that is passed has its own.
    video_interval
        Seconds between two frames of a video clip.
    allow_remote_paths
        Let a list or table at a URL lead to files of this machine and to other hosts.
    allow_skips
        Go on when more than 5 % of a side cannot be read.
    seed
        Of permutations and draws; the result depends on it and on the data alone.
    progress
        Called now and then with (stage, done, total).

    Returns
    -------
    ScoreResult

    Raises
    ------
    FileNotFoundError, ValueError, TypeError
        Where an input cannot be used; the message names the file or row.
    TooManySkipsError
        Where more than 5 % of a side cannot be read.

    Examples
    --------
    >>> import numpy as np, twinscore as ts
    >>> random = np.random.default_rng(0)
    >>> real, twin = random.normal(size=(2, 200, 8)).astype("float32")
    >>> result = ts.score(real, twin)
    >>> 0.7 < result.score < 1.3
    True
    """
    check_way(
        backend,
        precision,
        budget,
        slice_by=slice_by,
        collapse_duplicates=collapse_duplicates,
        space=space,
        convention=convention,
    )
    _check_distinct(real, synthetic)
    is_published_procedure(space, convention)
    started = time.perf_counter()
    sources = {
        side: open_source(
            value,
            side=side,
            group_by=group_by,
            groups=groups,
            video_interval=video_interval,
            allow_remote_paths=allow_remote_paths,
        )
        for side, value, groups in (
            ("real", real, real_groups),
            ("synthetic", synthetic, synthetic_groups),
        )
    }
    check_same_model(sources)
    sides = {}
    embedder: Embedder | None = None
    for side, source in sources.items():
        if isinstance(source, Embeddings):
            sides[side] = source
        else:
            if embedder is None:
                embedder = opened_embedder(model, device, threads, exposure)
                check_same_model(sources, embedder)
            stage = _stage(f"Embedding {side} images", progress)
            sides[side] = embed_images(source, embedder, stage)
        if not allow_skips:
            _check_skips(sides[side], side)
    embedded = time.perf_counter()
    result = score_embeddings(
        sides["real"],
        sides["synthetic"],
        k=k,
        seed=seed,
        threads=threads,
        backend=backend,
        slice_by=(slice_by,) if isinstance(slice_by, str) else slice_by,
        collapse_duplicates=collapse_duplicates,
        interval=interval,
        diagnostics=diagnostics,
        space=space,
        convention=convention,
        precision=precision,
        budget=budget,
        progress=progress,
    )
    seconds = {"embedding": embedded - started, **result.seconds}
    images = {
        side: source for side, source in sources.items() if not isinstance(source, Embeddings)
    }
    shown_at = 0.0 if embedder is None else embedder.preprocessing.exposure
    pool = ScoredPool(sides["real"], sides["synthetic"], images, shown_at)
    return dataclasses.replace(result, seconds=seconds, pool=pool)


def _check_distinct(real: Any, synthetic: Any) -> None:
    if not (isinstance(real, str | os.PathLike) and isinstance(synthetic, str | os.PathLike)):
        return
    first, second = Path(real), Path(synthetic)
    if first.exists() and second.exists() and first.samefile(second):
        raise ValueError(
            f"expected two different inputs, got {os.fspath(real)} for both real and synthetic"
        )
    for inner, outer in ((first, second), (second, first)):
        if outer.is_dir() and inner.resolve().is_relative_to(outer.resolve()) and inner.is_dir():
            raise ValueError(
                f"expected two separate folders, but {inner} lies inside {outer}: "
                "its images would count for both sides"
            )


def _stage(name: str, progress: StageProgress | None) -> ProgressCallback:
    return lambda done, total: progress(name, done, total) if progress else None


def _check_skips(side: Embeddings, name: str) -> None:
    total = len(side.vectors) + len(side.skipped)
    if len(side.skipped) <= MOST_SKIPPED * total:
        return
    first = side.skipped[0]
    raise TooManySkipsError(
        f"{len(side.skipped):,} of {total:,} {name} images could not be read, more than "
        f"{MOST_SKIPPED:.0%} (the first: {first.name}: {first.reason}); "
        "allow_skips (--allow-skips) scores the others"
    )
