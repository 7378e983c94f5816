"""From what is given of a side to its images and their annotations."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twinscore.embedding.records import Embeddings
from twinscore.images.annotations.box_table import is_box_table
from twinscore.images.annotations.opening import is_annotation_file, open_annotations
from twinscore.images.views.annotated_images import images_of
from twinscore.images.views.annotated_source import AnnotatedSource
from twinscore.images.views.settings import DEFAULT_VIEWS, ViewSettings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from twinscore.images.annotations.records import AnnotationSet
    from twinscore.images.sources.columns import ColumnedSource
    from twinscore.scoring.settings import ScoreSettings

NOT_OF_A_SAMPLE = (
    "expected no annotations with a precision or budget: a sample says nothing of views"
)


def open_objects(
    sides: Mapping[str, Any], settings: ScoreSettings
) -> tuple[dict[str, Any], dict[str, AnnotationSet], ViewSettings | None]:
    """Find the annotations of both sides.

    Parameters
    ----------
    sides
        "real" and "synthetic", as they were given.
    settings
        How they are to be scored.

    Returns
    -------
    images : dict
        By side what is left to open: the images of a file of annotations, else what was given.
    annotations : dict
        By side; empty where nothing is known of objects.
    views : ViewSettings or None
        How to look at them; None where there are no annotations.

    Raises
    ------
    FileNotFoundError, TypeError, ValueError, MissingExtraError
        As `open_annotations`; there are annotations of one side only, or views of a sample.
    """
    views = settings.views
    images, annotations = dict(sides), {}
    are_files = {side: _is_annotation_file(value) for side, value in sides.items()}
    is_asked = views is not None or all(are_files.values())
    for side, value in sides.items():
        given = None if views is None else views.annotations_of(side)
        # A manifest may have columns called like those of a box, and mean something else.
        is_file = are_files[side] and (is_asked or not is_box_table(Path(value)))
        if given is None and is_file:
            given = value
        if given is None:
            continue
        annotations[side] = open_annotations(given)
        if is_file:
            images[side] = images_of(open_annotations(value))
    if not annotations and views is None:
        return images, {}, None
    for side in sides:
        if side not in annotations:
            raise ValueError(
                f"expected annotations of objects on both sides, got none of the {side} side: "
                "name them with objects (--objects), or pass the file of annotations itself"
            )
    if settings.sample is not None:
        raise ValueError(NOT_OF_A_SAMPLE)
    return images, annotations, ViewSettings() if views is None else views


def _is_annotation_file(value: Any) -> bool:
    return isinstance(value, str | os.PathLike) and is_annotation_file(Path(value))


def annotated_sources(
    sources: Mapping[str, ColumnedSource | Embeddings], annotations: Mapping[str, AnnotationSet]
) -> dict[str, AnnotatedSource]:
    """Put images and their annotations together.

    Raises
    ------
    ValueError
        A side is embeddings, which show no objects.
    """
    together = {}
    for side, source in sources.items():
        if isinstance(source, Embeddings):
            raise ValueError(
                f"expected images of the {side} side to look at objects in, got embeddings"
            )
        together[side] = AnnotatedSource(source, annotations[side])
    return together


def view_settings_of(
    real_objects: Any, synthetic_objects: Any, views: Sequence[str] | ViewSettings | None
) -> ViewSettings | None:
    """Turn the keywords of `score` into settings; None where none was given.

    Raises
    ------
    ValueError, TypeError
        As `ViewSettings`.
    """
    if views is None and real_objects is None and synthetic_objects is None:
        return None
    if isinstance(views, str):
        raise TypeError(f"expected a list of views, got {views!r}")
    settings = (
        views
        if isinstance(views, ViewSettings)
        else ViewSettings(names=DEFAULT_VIEWS if views is None else tuple(views))
    )
    given = {"real_objects": real_objects, "synthetic_objects": synthetic_objects}
    return dataclasses.replace(
        settings, **{name: value for name, value in given.items() if value is not None}
    )
