"""Every view of annotated images scored by itself, and what they say together."""

from __future__ import annotations

import dataclasses
import time
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from twinscore.embedding.into_memory import check_same_model
from twinscore.embedding.views import EmbeddedViews, embed_views
from twinscore.images.facts.catalog import FACT_NAMES
from twinscore.images.views.pictures import CLASS_COLUMN
from twinscore.images.views.settings import ITEMS, SCENES
from twinscore.measures.object_gaps import object_gaps
from twinscore.scoring.all_images import assess
from twinscore.scoring.run import Run
from twinscore.scoring.scored_pool import ScoredPool
from twinscore.scoring.skips import check_skips
from twinscore.scoring.verdict import Case
from twinscore.scoring.views.notes import view_notes
from twinscore.scoring.views.object_domain import views_of_domain
from twinscore.scoring.views.object_slices import sides_of_view
from twinscore.scoring.views.scores import MOST_CLASSES, Standing, Views, ViewScore, with_standings

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from twinscore.embedding.network.image_embedder import ImageEmbedder
    from twinscore.embedding.records import Embeddings
    from twinscore.images.records import ImageSource
    from twinscore.images.views.annotated_source import AnnotatedSource
    from twinscore.images.views.settings import ViewSettings
    from twinscore.scoring.result import ScoreResult
    from twinscore.scoring.settings import ScoreSettings

FEWEST = 2
"""Images (or groups) a side that can be scored."""


def score_views(
    sources: Mapping[str, AnnotatedSource | EmbeddedViews],
    views: ViewSettings,
    run: Run,
    embedder: ImageEmbedder | None = None,
) -> ScoreResult:
    """Embed all views of both sides and score each.

    Parameters
    ----------
    sources
        "real" and "synthetic"; what a store holds is embedded already.
    views
        Which, and how.
    run
        How to score. What only whole images have (labels, the published procedure) is asked of
        scenes alone, and a declared domain of what has its columns (`views_of_domain`).
    embedder
        That the settings describe, where it is open already.

    Returns
    -------
    ScoreResult
        Of the whole scenes, or of the first view where these were not asked for; `views` holds
        the others and what they say together.

    Raises
    ------
    ValueError
        No view has enough pictures on both sides.
    TooManySkipsError
        Too many images of a side cannot be read.
    """
    started = time.perf_counter()
    sides, exposure = _embedded(sources, views, run, embedder)
    if not run.settings.images.allow_skips:
        for side, found in sides.items():
            check_skips(found.counts.unread, found.counts.images, side)
    embedding = time.perf_counter() - started

    of_domain = views_of_domain(run.settings.domain, _columns(sources["synthetic"]))
    results: dict[str, ScoreResult] = {}
    rows: list[ViewScore] = []
    untold: dict[str, tuple[Embeddings, Embeddings]] = {}
    for name in views.names:
        both = [sides[side] for side in ("real", "synthetic")]
        real, synthetic = sides_of_view(name, both, run.settings)
        if name == ITEMS:
            rows += _class_rows(real, synthetic, run)
        if not _are_enough(real, synthetic, run.settings.k):
            rows.append(ViewScore(name, None, len(real.names), len(synthetic.names)))
            untold[name] = real, synthetic
            continue
        settings = _of_view(run.settings, name, synthetic, has_domain=name in of_domain)
        result = assess(real, synthetic, Run(settings, run.progress))
        # Whole images of a store are found by their names; what was cut out of them is not.
        images: dict[str, ImageSource] = {
            side: each.sources.get(name, ())
            for side, each in sides.items()
            if each.sources or name != SCENES
        }
        pool = ScoredPool(real, synthetic, images, exposure)
        results[name] = dataclasses.replace(
            result,
            settings=run.settings,
            seconds={"embedding": embedding, **result.seconds},
            pool=pool,
        )
        rows.append(_row(name, None, result))
    if not results:
        raise ValueError(_too_few(untold, run.settings.k))
    counts = {side: embedded.counts for side, embedded in sides.items()}
    table = with_standings(rows)
    notes = tuple(view_notes(table, counts, views))
    gaps = object_gaps(sides["real"].facts, sides["synthetic"].facts)
    together = Views(results, table, counts, notes, gaps, views)
    shown = results[SCENES] if SCENES in results else next(iter(results.values()))
    return dataclasses.replace(shown, views=together, warnings=(*shown.warnings, *together.notes))


def _embedded(
    sources: Mapping[str, AnnotatedSource | EmbeddedViews],
    views: ViewSettings,
    run: Run,
    embedder: ImageEmbedder | None,
) -> tuple[dict[str, EmbeddedViews], float]:
    """Embed the sides that are images; return the exposure they were read at as well."""
    search, opened = run.settings.search, embedder
    sides = {}
    for side, source in sources.items():
        if isinstance(source, EmbeddedViews):
            sides[side] = source
            continue
        if opened is None:
            opened = run.settings.images.open_embedder(search.threads)
            stored = {
                name: each.embeddings[SCENES]
                for name, each in sources.items()
                if isinstance(each, EmbeddedViews)
            }
            check_same_model(stored, opened)
        sides[side] = embed_views(
            source,
            opened,
            views,
            threads=search.threads,
            progress=run.stage(f"Embedding views of {side} images"),
            on_disk=search.memory is not None,
        )
    return sides, 0.0 if opened is None else opened.preprocessing.exposure


def _too_few(untold: Mapping[str, Sequence[Embeddings]], k: int) -> str:
    got = "; ".join(f"{view}: {_numbers(sides)}" for view, sides in untold.items())
    return (
        f"expected at least {FEWEST} pictures of a view on both sides, of as many groups, and "
        f"more than k = {k:,} of them in all, got {got}"
    )


def _columns(source: AnnotatedSource | EmbeddedViews) -> Collection[str]:
    if isinstance(source, EmbeddedViews):
        return source.embeddings[SCENES].columns
    return source.column_names


def _row(view: str, class_name: str | None, result: ScoreResult) -> ViewScore:
    """Take from a result what a row shows; how it stands is said once all rows are there."""
    return ViewScore(
        view,
        class_name,
        result.n_real,
        result.n_synthetic,
        groups=result.groups,
        standing=Standing.COPIES if result.evidence.case is Case.COPIES else Standing.TOO_FEW,
        score=result.score,
        interval=result.interval,
        null_interval=result.null_interval,
        reverse_score=result.reverse_score,
        overlap=result.overlap,
        judge=result.judge,
        closeness=result.closeness,
        p_value=result.evidence.p_value,
    )


def _of_view(
    settings: ScoreSettings, view: str, synthetic: Embeddings, *, has_domain: bool
) -> ScoreSettings:
    """Leave out what a view has no columns for, and what is asked of other views."""
    known = {*synthetic.columns, *FACT_NAMES}
    is_whole = view == SCENES
    return dataclasses.replace(
        settings,
        slice_by=tuple(name for name in settings.slice_by if name in known),
        label_by=settings.label_by if is_whole else None,
        domain=settings.domain if has_domain else None,
        published=settings.published and is_whole,
        views=None,
    )


def _class_rows(real: Embeddings, synthetic: Embeddings, run: Run) -> list[ViewScore]:
    """Score the items of each class that both sides have, the largest classes first."""
    settings = dataclasses.replace(
        run.settings,
        slice_by=(),
        label_by=None,
        domain=None,
        published=False,
        diagnostics=False,
        richness=False,
        views=None,
    )
    progress = run.stage("Scoring classes of objects")
    classes = _shared_classes(real, synthetic)[:MOST_CLASSES]
    rows = []
    for done, name in enumerate(classes):
        progress(done, len(classes))
        parts = _of_class(real, name), _of_class(synthetic, name)
        if _are_enough(*parts, settings.k):
            rows.append(_row(ITEMS, name, assess(*parts, Run(settings))))
        else:
            rows.append(ViewScore(ITEMS, name, len(parts[0].names), len(parts[1].names)))
    if classes:
        progress(len(classes), len(classes))
    return rows


def _shared_classes(real: Embeddings, synthetic: Embeddings) -> list[str]:
    counts = [
        Counter(map(folded, side.columns.get(CLASS_COLUMN, ()))) for side in (real, synthetic)
    ]
    shared = [name for name in counts[0] if name in counts[1]]
    return sorted(shared, key=lambda name: (-counts[0][name] - counts[1][name], name))


def folded(class_name: str | None) -> str:
    """Return a class as it is compared: formats disagree on capitals."""
    return (class_name or "").strip().casefold()


def _of_class(side: Embeddings, name: str) -> Embeddings:
    """Return the objects of one class."""
    classes = side.columns[CLASS_COLUMN]
    rows = np.flatnonzero([folded(each) == name for each in classes])
    picked = rows.tolist()
    return dataclasses.replace(
        side,
        vectors=side.vectors[rows],
        names=tuple(side.names[row] for row in picked),
        groups=None if side.groups is None else tuple(side.groups[row] for row in picked),
        skipped=(),
        columns={key: tuple(values[row] for row in picked) for key, values in side.columns.items()},
        facts=None if side.facts is None else tuple(side.facts[row] for row in picked),
        pixel_facts=None if side.pixel_facts is None else side.pixel_facts[rows],
    )


def _are_enough(real: Embeddings, synthetic: Embeddings, k: int) -> bool:
    """Tell whether the sides can be scored: a class of few objects costs the others nothing."""
    units = [_units(side) for side in (real, synthetic)]
    return min(units) >= FEWEST and sum(units) > k


def _units(side: Embeddings) -> int:
    """Count what counts as one: images, or groups of them."""
    return len(set(side.names if side.groups is None else side.groups))


def _numbers(sides: Sequence[Embeddings]) -> str:
    """Say how many pictures, and groups of them, both sides have."""
    pictures = " and ".join(f"{len(side.names):,}" for side in sides)
    if all(side.groups is None for side in sides):
        return pictures
    return f"{pictures} in {' and '.join(f'{_units(side):,}' for side in sides)} groups"
