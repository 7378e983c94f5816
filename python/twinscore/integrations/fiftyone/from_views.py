"""Two views of a FiftyOne dataset as the sides of a score."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.embedding.records import Embeddings
from twinscore.images.records import ImageItem
from twinscore.integrations.fiftyone.detections import DetectionAnnotations
from twinscore.scoring.score import score

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Unpack

    from twinscore.scoring.options import RunOptions
    from twinscore.scoring.result import SampledResult, ScoreResult


def from_fiftyone(
    dataset: Any,
    real: Any,
    synthetic: Any,
    k: int = 1,
    *,
    group_field: str | None = None,
    slice_fields: Sequence[str] = (),
    embedding_field: str | None = None,
    objects_field: str | None = None,
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
    objects_field
        Field with detections of the objects in the images: adds `result.views`, and
        `objects_to_fiftyone` writes what they tell back to the detections.
    **options
        Further options of `twinscore.score`.

    Returns
    -------
    ScoreResult or SampledResult

    Raises
    ------
    ValueError
        A view is empty, the views share a sample, a sample has no embedding, or there are no
        such detections.
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
    if objects_field is None:
        return score(sides[0], sides[1], k, **options)
    real_objects, synthetic_objects = (
        DetectionAnnotations(view, objects_field) for view in views.values()
    )
    return score(
        sides[0],
        sides[1],
        k,
        real_objects=real_objects,
        synthetic_objects=synthetic_objects,
        **options,
    )


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
