"""From what is given of a side to its images and their annotations."""

from __future__ import annotations

import dataclasses
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twinscore.base.errors import SettingError
from twinscore.embedding.annotated_side import is_annotated, views_as_settings
from twinscore.embedding.records import Embeddings
from twinscore.embedding.store.view_columns import views_of_store
from twinscore.embedding.stored_views import load_views
from twinscore.images.annotations.box_table import is_box_table
from twinscore.images.annotations.opening import open_annotations
from twinscore.images.views.annotated_images import images_of
from twinscore.images.views.annotated_source import AnnotatedSource
from twinscore.images.views.settings import ViewSettings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from twinscore.embedding.views import EmbeddedViews
    from twinscore.images.annotations.records import AnnotationSet
    from twinscore.images.sources.columns import ColumnedSource
    from twinscore.scoring.settings import ScoreSettings

NOT_OF_A_SAMPLE = (
    "expected no annotations with a precision or budget: a sample says nothing of views"
)


@dataclass(frozen=True, slots=True)
class GivenObjects:
    """What was found of objects in what was given.

    Attributes
    ----------
    images
        By side what is left to open: the images of a file of annotations, else what was given.
    annotations
        By side; empty where nothing is known of objects.
    stored
        By side, the place of a store that holds images with their objects.
    views
        How to look at them; None where there are none.
    """

    images: dict[str, Any]
    annotations: dict[str, AnnotationSet] = field(default_factory=dict)
    stored: dict[str, str] = field(default_factory=dict)
    views: ViewSettings | None = None


def open_objects(sides: Mapping[str, Any], settings: ScoreSettings) -> GivenObjects:
    """Find the annotations of both sides.

    A store of images with their objects needs none; beside a side of which nothing is known of
    objects, its whole images are meant.

    Parameters
    ----------
    sides
        "real" and "synthetic", as they were given.
    settings
        How they are to be scored.

    Raises
    ------
    FileNotFoundError, TypeError, ValueError, MissingExtraError
        As `open_annotations`; there are annotations of one side only, or views of a sample.
    SettingError
        Objects of the sides are not cut out alike.
    """
    views = settings.views
    images, annotations = dict(sides), {}
    kept = stored_views(sides)
    are_files = {side: is_annotated(value) for side, value in sides.items()}
    is_asked = views is not None or all(are_files[side] or side in kept for side in sides)
    for side, value in sides.items():
        given = None if views is None else views.annotations_of(side)
        # A manifest may have columns called like those of a box, and mean something else.
        is_file = are_files[side] and (is_asked or not is_box_table(Path(value)))
        if given is None and is_file:
            given = value
        if given is None:
            continue
        if side in kept:
            raise SettingError(
                f"expected no annotations of the {side} side, which is a store with its objects, "
                f"got {given}"
            )
        annotations[side] = open_annotations(given)
        if is_file:
            own = annotations[side] if given is value else open_annotations(value)
            images[side] = images_of(own)
    if not annotations and not is_asked:
        return GivenObjects(images)
    for side in sides:
        if side not in annotations and side not in kept:
            raise ValueError(
                f"expected annotations of objects on both sides, got none of the {side} side: "
                "name them with objects (--objects), or pass the file of annotations itself"
            )
    if settings.sample is not None:
        raise ValueError(NOT_OF_A_SAMPLE)
    agreed = agreed_views(views, {str(sides[side]): kept[side] for side in sides if side in kept})
    stored = {side: os.fspath(sides[side]) for side in kept}
    return GivenObjects(images, annotations, stored, agreed)


def stored_views(sides: Mapping[str, Any]) -> dict[str, ViewSettings]:
    """Return how objects were cut out, by side, of those sides that are stores with objects."""
    found = {
        side: views_of_store(value)
        for side, value in sides.items()
        if isinstance(value, str | os.PathLike) and os.fspath(value)
    }
    return {side: views for side, views in found.items() if views is not None}


def agreed_views(asked: ViewSettings | None, stored: Mapping[str, ViewSettings]) -> ViewSettings:
    """Find the views that all stores can give.

    Parameters
    ----------
    asked
        What the caller wants; None for what there is.
    stored
        What each store has, by its place.

    Raises
    ------
    SettingError
        Objects are cut out differently, or a store lacks a view.
    """
    if not stored:
        return ViewSettings() if asked is None else asked
    first = next(iter(stored.values()))
    for place, views in stored.items():
        wanted = asked or first
        if not views.cuts_as(wanted):
            raise SettingError(f"expected {wanted}, got {views} of the store {place}")
        for name in () if asked is None else asked.names:
            if name not in views.names:
                there_are = ", ".join(views.names)
                raise SettingError(
                    f"expected a view of the store {place} ({there_are}), got {name!r}"
                )
    if asked is not None:
        return asked
    common = [name for name in first.names if all(name in each.names for each in stored.values())]
    return dataclasses.replace(first, names=tuple(common))


def sides_with_objects(
    sources: Mapping[str, ColumnedSource | Embeddings],
    given: GivenObjects,
    loaded: Mapping[str, EmbeddedViews],
) -> dict[str, AnnotatedSource | EmbeddedViews]:
    """Put images and their annotations together; what a store holds is as it is.

    Raises
    ------
    ValueError
        A side is embeddings, which show no objects.
    """
    together: dict[str, AnnotatedSource | EmbeddedViews] = {}
    for side, source in sources.items():
        if side in loaded:
            together[side] = loaded[side]
            continue
        if isinstance(source, Embeddings):
            raise ValueError(
                f"expected images of the {side} side to look at objects in, got embeddings: "
                "'twinscore embed --objects' makes a store of images with their objects"
            )
        together[side] = AnnotatedSource(source, given.annotations[side])
    return together


def load_stored(
    given: GivenObjects, settings: ScoreSettings, labelled: Mapping[str, Any]
) -> dict[str, EmbeddedViews]:
    """Load the sides that are stores of images with their objects.

    Parameters
    ----------
    given
        What was found of objects.
    settings
        How the sides are to be scored.
    labelled
        By side, groups or labels that the caller has of single images.

    Raises
    ------
    FileNotFoundError, ValueError, OSError
        As `load_views`; there are groups or labels of a store.
    """
    loaded = {}
    for side, place in given.stored.items():
        if labelled.get(side) is not None:
            raise ValueError(
                f"expected no groups or labels of the {side} side, which is a store of images with "
                "their objects: columns of the store make groups and classes (group_by, label_by)"
            )
        assert given.views is not None
        loaded[side] = load_views(
            place,
            given.views,
            side=side,
            group_by=settings.images.group_by,
            on_disk=settings.search.memory is not None,
        )
    return loaded


def view_settings_of(
    real_objects: Any,
    synthetic_objects: Any,
    views: Sequence[str] | ViewSettings | None,
    sides: Mapping[str, Any],
) -> ViewSettings | None:
    """Turn the keywords of `score` into settings; None where none was given.

    Parameters
    ----------
    real_objects, synthetic_objects, views
        See `score`.
    sides
        As they were given: where one is a store, objects are cut out as in it.

    Raises
    ------
    ValueError, TypeError
        As `ViewSettings`.
    """
    if views is None and real_objects is None and synthetic_objects is None:
        return None
    like = next(iter(stored_views(sides).values()), None)
    settings = views_as_settings(views, like)
    given = {"real_objects": real_objects, "synthetic_objects": synthetic_objects}
    return dataclasses.replace(
        settings, **{name: value for name, value in given.items() if value is not None}
    )
