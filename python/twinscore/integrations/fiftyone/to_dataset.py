"""A result as a FiftyOne dataset: scores, embeddings, maps and saved views."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from twinscore.base.extras import require
from twinscore.base.json_values import json_value
from twinscore.base.progress import stage_of
from twinscore.images.facts.catalog import FACT_NAMES
from twinscore.integrations.fiftyone.domain_views import domain_views
from twinscore.integrations.fiftyone.image_files import image_files
from twinscore.integrations.fiftyone.richness_fields import richness_fields, save_richness_views
from twinscore.report.galleries import find_side_neighbors, galleries_of
from twinscore.report.gap_gallery import with_gaps
from twinscore.report.maps.layouts import SEEDS, lay_out
from twinscore.scoring.result import ScoreResult

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from twinscore.base.progress import StageProgress
    from twinscore.scoring.result import SampledResult
    from twinscore.scoring.scored_pool import ScoredPool


EMBEDDING_FIELD = "embedding"
SAMPLE_FIELDS = (
    "real_share",
    "alike",
    "giveaway",
    "nearest",
    "nearest_side",
    "nearest_distance",
    "nearest_real",
    "nearest_real_distance",
)
VIEWS = {
    "giveaways": (
        "gives-the-twin-away",
        "Synthetic images that give the twin away",
    ),
    "passing": ("passes", "Synthetic images whose nearest image is real, nearest first"),
    "missing": ("missing", "Real images that no synthetic one comes near"),
    "gaps": ("gaps", "Real images that stand for those that no synthetic one comes near"),
    "copies": ("suspected-copies", "Synthetic images suspiciously near to a real one"),
    "duplicates": ("duplicates", "Images with exactly the same embedding"),
}
"""Name and description of the saved view of each gallery."""


_EXTRA = "fiftyone"
_PURPOSE = "FiftyOne"


def to_fiftyone(
    result: ScoreResult | SampledResult,
    name: str,
    *,
    overwrite: bool = False,
    persistent: bool = True,
    media_dir: str | os.PathLike[str] | None = None,
    map_method: str | None = None,
    map_seeds: Sequence[int] = SEEDS,
    threads: int | None = None,
    progress: StageProgress | None = None,
) -> Any:
    """Make a FiftyOne dataset of a result.

    Parameters
    ----------
    result
        Of a run in this process: its ``pool`` leads to the images.
    name
        Of the dataset.
    overwrite
        Replace a dataset of this name.
    persistent
        Keep the dataset when the process ends.
    media_dir
        Gets a PNG file of each image that is in no file of its own (in memory, in an archive, at
        a URL), or in one that no browser shows (OpenEXR, TIFF).
    map_method, map_seeds
        Of the maps; see ``report.maps.lay_out``.
    threads
        None for all that the process may use.
    progress
        Called now and then with (stage, done, total).

    Returns
    -------
    fiftyone.Dataset
        A sample per image with ``side`` (also as a tag), the columns of ``result.samples``,
        with richness ``covered``, ``run``, ``novelty``, ``gap``, ``foreign`` and ``copied``,
        ``nearest_real_id``, ``group``, ``fact_noise`` and the other facts of the pixels, a field
        per column of the images, ``embedding``; a brain
        run ``twinscore_METHOD_SEED`` per map; a saved view per gallery; the result in ``info``.

    Raises
    ------
    ValueError
        The result was read from disk or is of a sample of the images, an image cannot be found or
        lies in no file and there is no `media_dir`, or a dataset of this name exists.
    MissingExtraError
        The extra "fiftyone" is not installed.
    """
    fiftyone = require("fiftyone", extra=_EXTRA, purpose=_PURPOSE)
    brain = require("fiftyone.brain", extra=_EXTRA, purpose=_PURPOSE)
    if result.pool is None:
        raise ValueError("expected a result of this run; one that was read from disk has no images")
    if not isinstance(result, ScoreResult):
        raise ValueError(
            "expected a score of all images; one with a precision or budget has looked at some "
            "of them only"
        )
    pool = result.pool
    if fiftyone.dataset_exists(name) and not overwrite:
        raise ValueError(f"a FiftyOne dataset {name!r} exists: choose another name, or overwrite")
    files = image_files(pool, media_dir)
    search = result.settings.search.with_threads(threads)
    nearness = find_side_neighbors(pool, search=search)
    galleries = with_gaps(galleries_of(result, pool, nearness), result.richness)
    maps = lay_out(
        pool.vectors,
        method=map_method,
        seeds=map_seeds,
        search=search,
        progress=stage_of(progress, "Laying out the map"),
    )

    dataset = fiftyone.Dataset(name, overwrite=overwrite)
    ids = _add_samples(fiftyone, dataset, result, pool, files, progress)
    nearest_real = [None] * pool.n_real + [ids[row] for row in nearness.nearest_real.ids[:, 0]]
    dataset.set_values("nearest_real_id", nearest_real)
    for map_ in maps:
        brain.compute_visualization(
            dataset,
            points=map_.points,
            method="manual",
            brain_key=f"twinscore_{map_.method}_{map_.seed}",
            progress=False,
        )
    if result.domain is not None:
        dataset.set_values("cell", result.samples["cell"].to_pylist())
        for domain_view in domain_views(result):
            view = dataset.select([ids[row] for row in domain_view.rows], ordered=True)
            dataset.save_view(domain_view.name, view, description=domain_view.description)
    for key, (view_name, description) in VIEWS.items():
        exhibits = galleries[key].exhibits if key in galleries else ()
        chosen = [ids[exhibit.row] for exhibit in exhibits]
        if chosen:
            view = dataset.select(chosen, ordered=True)
            dataset.save_view(view_name, view, description=description)
    save_richness_views(dataset, richness_fields(result.samples.to_pylist()))
    dataset.info = {"twinscore": result.to_dict()}
    dataset.persistent = persistent
    dataset.save()
    return dataset


def _add_samples(
    fiftyone: Any,
    dataset: Any,
    result: ScoreResult,
    pool: ScoredPool,
    files: list[str],
    progress: StageProgress | None,
) -> list[str]:
    rows = result.samples.to_pylist()
    vectors = (pool.real.vectors, pool.synthetic.vectors)
    columns = _columns(pool)
    of_richness = richness_fields(rows)
    samples = []
    for row, (file, fields) in enumerate(zip(files, rows, strict=True)):
        side = fields["side"]
        vector = vectors[0][row] if row < pool.n_real else vectors[1][row - pool.n_real]
        values = {name: json_value(fields[name]) for name in SAMPLE_FIELDS}
        samples.append(
            fiftyone.Sample(
                filepath=file,
                tags=[side],
                side=side,
                image_name=fields["name"],
                image_group=fields["group"],
                **{EMBEDDING_FIELD: vector},
                **values,
                **of_richness[row],
                **fact_fields(fields),
                **{name: of_rows[row] for name, of_rows in columns.items()},
            )
        )
    chunk = 1000
    ids: list[str] = []
    for start in range(0, len(samples), chunk):
        ids += dataset.add_samples(samples[start : start + chunk], progress=False)
        if progress is not None:
            progress("Writing the FiftyOne dataset", len(ids), len(samples))
    return ids


def fact_fields(fields: Mapping[str, Any]) -> dict[str, float]:
    """Return what the pixels of an image tell, under ``fact_`` and the name of the fact.

    Parameters
    ----------
    fields
        A row of `result.samples`.
    """
    told = ((name, fields.get(name)) for name in FACT_NAMES)
    return {f"fact_{name}": float(value) for name, value in told if isinstance(value, float)}


def _columns(pool: ScoredPool) -> dict[str, list[str | None]]:
    """Columns of the images under names that FiftyOne accepts."""
    columns: dict[str, list[str | None]] = {}
    for name in sorted({*pool.real.columns, *pool.synthetic.columns}):
        values: list[str | None] = []
        for side in (pool.real, pool.synthetic):
            values += side.columns.get(name, (None,) * len(side.vectors))
        field = "slice_" + re.sub(r"\W", "_", name)
        while field in columns:
            field += "_"
        columns[field] = values
    return columns
