"""The whole way from images or embeddings to a result; the only module that knows the order."""

from __future__ import annotations

import dataclasses
import os
import time
from typing import TYPE_CHECKING, Any

from twinscore.base.workers.opening import connection_kept
from twinscore.domain.examples import told_by_example
from twinscore.embedding.into_memory import check_same_model, embed_images
from twinscore.embedding.models import DEFAULT_MODEL
from twinscore.embedding.records import Embeddings
from twinscore.embedding.sides import open_source
from twinscore.images.sources import DEFAULT_INTERVAL
from twinscore.images.sources.labelling import LABEL_COLUMN
from twinscore.images.sources.url import without_secrets
from twinscore.images.views.settings import SCENES
from twinscore.scoring.early_checks import (
    NO_GROUPS,
    check_distinct,
    check_sides,
    checked_examples,
)
from twinscore.scoring.logged_by import opened_log
from twinscore.scoring.options import settings_of
from twinscore.scoring.run import Run
from twinscore.scoring.scored_pool import ScoredPool
from twinscore.scoring.skips import check_skips
from twinscore.scoring.views.inputs import (
    load_stored,
    open_objects,
    sides_with_objects,
    view_settings_of,
)
from twinscore.scoring.views.run import score_views
from twinscore.scoring.way import score_embeddings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from twinscore.base.progress import StageProgress
    from twinscore.base.workers.protocol import Workers
    from twinscore.domain.declaration import Domain
    from twinscore.domain.examples import Examples
    from twinscore.embedding.network.image_embedder import ImageEmbedder
    from twinscore.images.sources.columns import ColumnedSource
    from twinscore.images.views.settings import ViewSettings
    from twinscore.measures.interval import IntervalMethod
    from twinscore.measures.published_procedure import Convention, Space
    from twinscore.scoring.result import SampledResult, ScoreResult

    Labels = Sequence[Any] | npt.NDArray[Any]


def score(
    real: Any,
    synthetic: Any,
    k: int = 1,
    real_groups: Labels | None = None,
    synthetic_groups: Labels | None = None,
    threads: int | None = None,
    *,
    group_by: str | None = None,
    slice_by: str | Sequence[str] = (),
    label_by: str | None = None,
    real_labels: Labels | None = None,
    synthetic_labels: Labels | None = None,
    collapse_duplicates: bool = False,
    interval: IntervalMethod = "local",
    diagnostics: bool = True,
    richness: bool = True,
    space: Space = "embedding",
    convention: Convention = "exact",
    domain: str | os.PathLike[str] | Domain | None = None,
    model: str | os.PathLike[str] | ImageEmbedder = DEFAULT_MODEL,
    device: str = "cpu",
    backend: str = "exact",
    precision: float | None = None,
    budget: float | None = None,
    exposure: float | None = None,
    video_interval: float = DEFAULT_INTERVAL,
    allow_remote_paths: bool = False,
    allow_skips: bool = False,
    seed: int = 0,
    memory: int | str | None = None,
    workers: str | Workers | None = None,
    progress: StageProgress | None = None,
    log: Any = None,
    real_objects: Any = None,
    synthetic_objects: Any = None,
    views: Sequence[str] | ViewSettings | None = None,
) -> ScoreResult | SampledResult:
    """Score how far synthetic images can be told apart from real ones.

    Parameters
    ----------
    real, synthetic
        Each a path, URL or pattern: a folder, list, manifest, archive or clip of images, an
        embedding store, or embeddings in .npy, .npz or .parquet; an array, tensor or list of
        rows of shape (n, d) holding embeddings; a data frame of pandas, polars or pyarrow with a
        column ``path`` or ``embedding``; or an iterable of images (paths, PIL images, arrays,
        tensors).
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
    label_by
        Column of both sides that holds the class of each image ("folder" where classes are
        folders): adds `result.transfer`, how many real images find their class among the
        synthetic ones.
    real_labels, synthetic_labels
        The same as one class per image, for both sides.
    collapse_duplicates
        Make images of one side that are nearly the same a group.
    interval
        How the 95 % interval is found: "local" (the default, see `bench/coverage.py` for how
        often it holds the truth), "subsample", "jackknife" or "query-bootstrap".
    diagnostics
        False leaves out what takes further searches: equal sides, distance ratio, principal
        axes, control.
    richness
        False leaves out how much of reality the synthetic images reach, `result.richness`.
    space, convention
        "umap2d" with "notebook" adds, as `result.compatibility`, the score by the procedure that
        its authors published: UMAP maps in two dimensions, several seeds. Needs the extra "umap".
    domain
        What the images are meant to show: a domain file, or what `twinscore.load_domain` made of
        one. Adds `result.domain` and `result.target_score`.
    model
        "efficientnet-lite0", the path of an ONNX file, a name such as "torchvision:resnet50" or
        "timm:MODEL", or an `Embedder`, also of your own torch module; not used for embeddings.
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
    memory
        Bytes, or "4GiB": what each search for neighbors may take, for sides that are stores or
        embeddings; the points of both lie in a temporary file then. The result is the same.
    workers
        Who embeds images and makes the larger searches: "ray" or "ray://HOST:10001", see
        `twinscore.self_knn` and `twinscore.embed`; `threads` and `memory` are then those of each
        worker as well. Draws and figures are made here. The result is the same, to the bit.
    progress
        Called now and then with (stage, done, total).
    log
        Where the result is logged as well: "wandb:PROJECT", "mlflow:EXPERIMENT",
        "tensorboard:DIR", a logger of `twinscore.integrations.loggers`, or several of these.
    real_objects, synthetic_objects
        Annotations of the objects in the images of each side, as paths: a COCO file, a YOLO set,
        folders of Pascal VOC, KITTI or instance masks. Not needed where a side is itself a file
        of annotations. Adds `result.views`: the objects, what surrounds them, and whole scenes,
        each scored by itself.
    views
        Which of them: some of "items", "in-place", "environment" and "scenes"; or `ViewSettings`,
        which also say how objects are cut out. None: all but "in-place".

    Returns
    -------
    ScoreResult
        Of all images; a `SampledResult`, which lacks what only these tell, where a precision or
        budget was given, or "auto" settled for one.

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
    settings = settings_of(
        k=k,
        threads=threads,
        group_by=group_by,
        slice_by=slice_by,
        label_by=LABEL_COLUMN if label_by is None and real_labels is not None else label_by,
        collapse_duplicates=collapse_duplicates,
        interval=interval,
        diagnostics=diagnostics,
        richness=richness,
        space=space,
        convention=convention,
        domain=domain,
        model=model,
        device=device,
        backend=backend,
        precision=precision,
        budget=budget,
        exposure=exposure,
        video_interval=video_interval,
        allow_remote_paths=allow_remote_paths,
        allow_skips=allow_skips,
        seed=seed,
        views=view_settings_of(
            real_objects, synthetic_objects, views, {"real": real, "synthetic": synthetic}
        ),
        memory=memory,
        workers=workers,
    )
    if (real_labels is None) != (synthetic_labels is None):
        raise ValueError("expected labels of both sides, got them of one")
    if label_by is not None and real_labels is not None:
        raise ValueError("expected label_by, or real_labels and synthetic_labels, got both")
    groups = {"real": real_groups, "synthetic": synthetic_groups}
    classes = {"real": real_labels, "synthetic": synthetic_labels}
    run = Run(settings, progress)
    if log is None:
        return score_sides(real, synthetic, run, groups=groups, labels=classes)
    with opened_log(log) as loggers:
        result = score_sides(real, synthetic, run, groups=groups, labels=classes)
        loggers.log(result)
    return result


def score_sides(
    real: Any,
    synthetic: Any,
    run: Run,
    *,
    groups: Mapping[str, Labels | None] | None = None,
    labels: Mapping[str, Labels | None] | None = None,
    embedder: ImageEmbedder | None = None,
) -> ScoreResult | SampledResult:
    """Open both sides, embed what is images, and score.

    Parameters
    ----------
    real, synthetic
        As in `score`.
    run
        How, and whom to tell.
    groups
        By side, one label per image: images of one clip, scene or camera pass share it.
    labels
        By side, the class of each image.
    embedder
        That the settings describe, where it is open already.

    Raises
    ------
    FileNotFoundError, ValueError, TypeError, TooManySkipsError
        As `score`.
    """
    settings = run.settings
    groups, labels = groups or {}, labels or {}
    if settings.sample is not None and any(given is not None for given in groups.values()):
        raise ValueError(NO_GROUPS)
    check_distinct(real, synthetic)
    started = time.perf_counter()
    given = open_objects({"real": real, "synthetic": synthetic}, settings)
    labelled = {side: groups.get(side) or labels.get(side) for side in given.stored}
    loaded = load_stored(given, settings, labelled)
    sources: dict[str, ColumnedSource | Embeddings] = {
        side: loaded[side].embeddings[SCENES]
        if side in loaded
        else open_source(
            value,
            side=side,
            group_by=settings.images.group_by,
            groups=groups.get(side),
            labels=labels.get(side),
            video_interval=settings.images.video_interval,
            allow_remote_paths=settings.images.allow_remote_paths,
            on_disk=settings.search.memory is not None,
        )
        for side, value in given.images.items()
    }
    check_same_model(sources)
    check_sides(sources, settings, views=given.views)
    inputs = {"real": _location(real), "synthetic": _location(synthetic)}
    if given.views is not None:
        together = sides_with_objects(sources, given, loaded)
        with connection_kept(settings.search.workers):
            of_views = score_views(together, given.views, run, embedder)
        return dataclasses.replace(of_views, inputs=inputs)
    examples = {} if settings.domain is None else checked_examples(settings.domain, sources)
    with connection_kept(settings.search.workers):
        sides, exposure = _embedded(sources, run, embedder, examples)
        seconds = time.perf_counter() - started
        result = score_embeddings(sides["real"], sides["synthetic"], run)
    images = {
        side: source for side, source in sources.items() if not isinstance(source, Embeddings)
    }
    return dataclasses.replace(
        result,
        seconds={"embedding": seconds, **result.seconds},
        inputs=inputs,
        pool=ScoredPool(sides["real"], sides["synthetic"], images, exposure),
    )


def _embedded(
    sources: Mapping[str, ColumnedSource | Embeddings],
    run: Run,
    embedder: ImageEmbedder | None,
    examples: Examples,
) -> tuple[dict[str, Embeddings], float]:
    """Embed the sides that are images; return the exposure they were read at as well."""
    settings, opened = run.settings, embedder

    def embedded(source: ColumnedSource | Embeddings, stage: str) -> Embeddings:
        nonlocal opened
        if isinstance(source, Embeddings):
            return source
        if opened is None:
            opened = settings.images.open_embedder(settings.search.threads, settings.search.workers)
            check_same_model(sources, opened)
        return embed_images(source, opened, run.stage(stage))

    sides = {}
    for side, source in sources.items():
        sides[side] = embedded(source, f"Embedding {side} images")
        if not settings.images.allow_skips:
            skipped = sides[side].skipped
            check_skips(skipped, len(sides[side].vectors) + len(skipped), side)
    shown = {
        condition: {
            value: embedded(source, f"Embedding examples of {value}")
            for value, source in of_value.items()
        }
        for condition, of_value in examples.items()
    }
    sides = told_by_example(sides, shown, settings.search)
    return sides, 0.0 if opened is None else opened.preprocessing.exposure


def _location(value: Any) -> str | None:
    return without_secrets(os.fspath(value)) if isinstance(value, str | os.PathLike) else None
