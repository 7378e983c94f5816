"""FiftyOne: a result as a dataset to browse, and views of a dataset as sides to score."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.base.errors import UnreadableImageError
from twinscore.base.extras import require
from twinscore.base.progress import stage_of
from twinscore.embedding.records import Embeddings
from twinscore.images.records import ImageItem
from twinscore.report.galleries import find_side_neighbors, galleries_of
from twinscore.report.maps.layouts import SEEDS, lay_out
from twinscore.scoring.result import ScoreResult
from twinscore.scoring.score import score
from twinscore.scoring.scored_pool import contents_of

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence
    from typing import Unpack

    from twinscore.base.progress import StageProgress
    from twinscore.scoring.options import RunOptions
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
    "copies": ("suspected-copies", "Synthetic images suspiciously near to a real one"),
    "duplicates": ("duplicates", "Images with exactly the same embedding"),
}
"""Name and description of the saved view of each gallery."""

SHOWN_ENDINGS = (".avif", ".bmp", ".gif", ".jpeg", ".jpg", ".png", ".webp")
"""Files that a browser shows, and so the app of FiftyOne."""

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
        ``nearest_real_id``, ``group``, a field per column of the images, ``embedding``; a brain
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
    files = _image_files(pool, media_dir)
    search = result.settings.search.with_threads(threads)
    nearness = find_side_neighbors(pool, search=search)
    galleries = galleries_of(result, pool, nearness)
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
    for key, (view_name, description) in VIEWS.items():
        chosen = [ids[exhibit.row] for exhibit in galleries[key].exhibits]
        if chosen:
            view = dataset.select(chosen, ordered=True)
            dataset.save_view(view_name, view, description=description)
    dataset.info = {"twinscore": result.to_dict()}
    dataset.persistent = persistent
    dataset.save()
    return dataset


def from_fiftyone(
    dataset: Any,
    real: Any,
    synthetic: Any,
    k: int = 1,
    *,
    group_field: str | None = None,
    slice_fields: Sequence[str] = (),
    embedding_field: str | None = None,
    **options: Unpack[RunOptions],
) -> ScoreResult | SampledResult:
    """Score two views of a FiftyOne dataset.

    Parameters
    ----------
    dataset
        The dataset that both views belong to.
    real, synthetic
        Each a view, or a tag of samples.
    k
        Neighbors per image.
    group_field
        Field with the group of each sample: correlated images share it.
    slice_fields
        Fields whose values become columns of the images.
    embedding_field
        Field with ready-made embeddings, in the place of the images.
    **options
        Further options of `twinscore.score`.

    Returns
    -------
    ScoreResult or SampledResult

    Raises
    ------
    ValueError
        A view is empty, the views share a sample, or a sample has no embedding.
    TypeError
        A side is neither a view nor a tag.
    """
    views = {
        side: dataset.match_tags(view) if isinstance(view, str) else view
        for side, view in (("real", real), ("synthetic", synthetic))
    }
    for side, view in views.items():
        if not hasattr(view, "values") or not hasattr(view, "match_tags"):
            raise TypeError(f"{side} side: expected a FiftyOne view or a tag, got {view!r}")
        if len(view) == 0:
            raise ValueError(f"{side} side: expected samples, got an empty view")
    shared = set(views["real"].values("id")) & set(views["synthetic"].values("id"))
    if shared:
        raise ValueError(
            f"expected two views without a sample in common, got {len(shared):,} in both, such as "
            f"{dataset[min(shared)].filepath}"
        )
    sides = [
        _side(view, group_field, slice_fields, embedding_field, side)
        for side, view in views.items()
    ]
    return score(sides[0], sides[1], k, **options)


def _side(
    view: Any,
    group_field: str | None,
    slice_fields: Sequence[str],
    embedding_field: str | None,
    side: str,
) -> Embeddings | list[ImageItem]:
    paths = view.values("filepath")
    groups = view.values(group_field) if group_field is not None else [None] * len(paths)
    labels = [None if group is None else str(group) for group in groups]
    columns = {field: [_text(value) for value in view.values(field)] for field in slice_fields}
    if embedding_field is None:
        return [
            ImageItem(
                path,
                Path(path),
                labels[row],
                {field: value for field, values in columns.items() if (value := values[row])},
            )
            for row, path in enumerate(paths)
        ]
    vectors = view.values(embedding_field)
    missing = [path for path, vector in zip(paths, vectors, strict=True) if vector is None]
    if missing:
        raise ValueError(f"{side} side: {missing[0]} has nothing in {embedding_field!r}")
    return Embeddings(
        vectors=np.asarray(vectors, dtype=np.float32),
        names=tuple(paths),
        groups=None
        if group_field is None
        else tuple(
            label if label is not None else f"image {row}" for row, label in enumerate(labels)
        ),
        columns={field: tuple(values) for field, values in columns.items()},
    )


def _text(value: Any) -> str | None:
    """Read a field's value: a classification stands for its label."""
    label = getattr(value, "label", value)
    return None if label is None else str(label)


def _image_files(pool: ScoredPool, media_dir: str | os.PathLike[str] | None) -> list[str]:
    names = pool.names
    files: list[str | None] = [None] * len(pool)
    for row, content in contents_of(pool, np.arange(len(pool))):
        target = f"{'real' if row < pool.n_real else 'synthetic'}-{row:06}.png"
        files[row] = _image_file(names[row], content, media_dir, target, pool.exposure)
    found = [file for file in files if file is not None]
    if len(found) < len(files):
        raise ValueError(
            f"expected images to look at, but {names[files.index(None)]!r} leads to none"
        )
    return found


def _image_file(
    name: str,
    content: Any,
    media_dir: str | os.PathLike[str] | None,
    file_name: str,
    exposure: float,
) -> str:
    if isinstance(content, Path) and not content.is_file():
        raise ValueError(f"expected images to look at, but {name!r} is no file")
    if isinstance(content, Path) and (media_dir is None or content.suffix.lower() in SHOWN_ENDINGS):
        return str(content.resolve())
    if media_dir is None:
        raise ValueError(
            f"expected images in files of their own, got {name!r}: give media_dir to write them to"
        )
    from twinscore.images.decoding import read_image

    target = Path(media_dir) / file_name
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        read_image(content, exposure=exposure).save(target)
    except UnreadableImageError as error:
        raise ValueError(f"{name} could be read before, but now: {error}") from error
    return str(target.resolve())


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
    samples = []
    for row, (file, fields) in enumerate(zip(files, rows, strict=True)):
        side = fields["side"]
        vector = vectors[0][row] if row < pool.n_real else vectors[1][row - pool.n_real]
        values = {name: _finite(fields[name]) for name in SAMPLE_FIELDS}
        samples.append(
            fiftyone.Sample(
                filepath=file,
                tags=[side],
                side=side,
                image_name=fields["name"],
                image_group=fields["group"],
                **{EMBEDDING_FIELD: vector},
                **values,
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


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
