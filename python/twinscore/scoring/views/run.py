"""Every view of annotated images scored by itself, and what they say together."""

from __future__ import annotations

import dataclasses
import time
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from twinscore.embedding.views import embed_views
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
from twinscore.scoring.views.object_slices import sides_of_view
from twinscore.scoring.views.scores import Standing, Views, ViewScore, with_standings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from twinscore.embedding.network.image_embedder import ImageEmbedder
    from twinscore.embedding.records import Embeddings
    from twinscore.images.views.annotated_source import AnnotatedSource
    from twinscore.images.views.settings import ViewSettings
    from twinscore.scoring.result import ScoreResult
    from twinscore.scoring.settings import ScoreSettings

FEWEST = 2
"""Images (or groups) a side that can be scored."""

MOST_CLASSES = 40
"""Classes that are scored apart, those with the most objects; a correction for more hides all."""


def score_views(
    sources: Mapping[str, AnnotatedSource],
    views: ViewSettings,
    run: Run,
    embedder: ImageEmbedder | None = None,
) -> ScoreResult:
    """Embed all views of both sides and score each.

    Parameters
    ----------
    sources
        "real" and "synthetic".
    views
        Which, and how.
    run
        How to score. What only whole images have (labels, a declared domain, the published
        procedure) is asked of scenes alone.
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
    opened = embedder or run.settings.images.open_embedder(run.settings.search.threads)
    sides = {
        side: embed_views(
            source,
            opened,
            views,
            threads=run.settings.search.threads,
            progress=run.stage(f"Embedding views of {side} images"),
            on_disk=run.settings.search.memory is not None,
        )
        for side, source in sources.items()
    }
    if not run.settings.images.allow_skips:
        for side, found in sides.items():
            check_skips(found.counts.unread, found.counts.images, side)
    embedding = time.perf_counter() - started

    results: dict[str, ScoreResult] = {}
    rows: list[ViewScore] = []
    for name in views.names:
        both = [sides[side] for side in ("real", "synthetic")]
        real, synthetic = sides_of_view(name, both, run.settings.slice_by)
        if name == ITEMS:
            rows += _class_rows(real, synthetic, run)
        if not (_is_enough(real) and _is_enough(synthetic)):
            rows.append(ViewScore(name, None, len(real.names), len(synthetic.names)))
            continue
        settings = _of_view(run.settings, name, synthetic)
        result = assess(real, synthetic, Run(settings, run.progress))
        images = {side: sides[side].sources[name] for side in sides}
        pool = ScoredPool(real, synthetic, images, opened.preprocessing.exposure)
        results[name] = dataclasses.replace(
            result,
            settings=run.settings,
            seconds={"embedding": embedding, **result.seconds},
            pool=pool,
        )
        rows.append(_row(name, None, result))
    if not results:
        got = "; ".join(f"{row.view}: {row.n_real:,} and {row.n_synthetic:,}" for row in rows)
        raise ValueError(f"expected at least {FEWEST} pictures of a view on both sides, got {got}")
    counts = {side: embedded.counts for side, embedded in sides.items()}
    table = with_standings(rows)
    notes = tuple(view_notes(table, counts, views))
    gaps = object_gaps(sides["real"].facts, sides["synthetic"].facts)
    together = Views(results, table, counts, notes, gaps)
    shown = results[SCENES] if SCENES in results else next(iter(results.values()))
    return dataclasses.replace(shown, views=together, warnings=(*shown.warnings, *together.notes))


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


def _of_view(settings: ScoreSettings, view: str, synthetic: Embeddings) -> ScoreSettings:
    """Leave out what a view has no columns for, and what is asked of whole images."""
    known = {*synthetic.columns, *FACT_NAMES}
    slices = tuple(name for name in settings.slice_by if name in known)
    if view == SCENES:
        return dataclasses.replace(settings, slice_by=slices, views=None)
    return dataclasses.replace(
        settings, slice_by=slices, label_by=None, domain=None, published=False, views=None
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
        if all(map(_is_enough, parts)):
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


def _is_enough(side: Embeddings) -> bool:
    return len(set(side.names if side.groups is None else side.groups)) >= FEWEST
